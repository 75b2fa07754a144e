package dev.quarry.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A GET of the served OpenAPI document. */
record Operation(String path, List<Parameter> parameters) {

    /** @param in {@code path}, {@code query} or {@code header} */
    record Parameter(String name, String in, boolean required, JsonNode schema, Optional<String> example) {
        private static Parameter of(JsonNode declared) {
            return new Parameter(
                    declared.path("name").asText(),
                    declared.path("in").asText(),
                    declared.path("required").asBoolean(),
                    declared.path("schema"),
                    Optional.ofNullable(declared.get("example")).map(JsonNode::asText));
        }

        boolean isDate() {
            return schema.path("format").asText().equals("date");
        }

        /** Whether it takes any text, such as an id or a filter. */
        boolean isText() {
            String type = schema.at("/anyOf/0/type").asText(schema.path("type").asText());
            return type.equals("string") && !schema.has("format") && !schema.has("enum") && !isTime();
        }

        /** A time that may lack its offset has no format; its example shows that it is one. */
        private boolean isTime() {
            return example.filter(value -> value.matches("\\d{4}-\\d\\d-\\d\\dT.*"))
                    .isPresent();
        }

        /** The example, the limits and the choices of the document. */
        Set<String> documentedValues() {
            Set<String> values = new LinkedHashSet<>();
            example.ifPresent(values::add);
            for (String keyword : List.of("minimum", "maximum", "default")) {
                if (schema.has(keyword)) {
                    values.add(schema.get(keyword).asText());
                }
            }
            schema.path("enum").forEach(choice -> values.add(choice.asText()));
            return values;
        }
    }

    static List<Operation> served() {
        List<Operation> operations = new ArrayList<>();
        JsonNode paths = Contract.served().document().path("paths");
        paths.properties().forEach(path -> {
            List<Parameter> parameters = new ArrayList<>();
            path.getValue().at("/get/parameters").forEach(declared -> parameters.add(Parameter.of(declared)));
            operations.add(new Operation(path.getKey(), parameters));
        });
        return operations;
    }

    List<Parameter> texts() {
        return parameters.stream().filter(Parameter::isText).toList();
    }
}
