package dev.quarry.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quarry.testing.DocumentTests;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service's own OpenAPI document says what the published one says. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class OpenApiTest extends DocumentTests {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Properties that are there only if a request asks for them. */
    private static final Map<String, Set<String>> EXTENSIONS = Map.of(
            "AppAnalyticsResponse", Set.of("start", "end", "vitals_by_url", "comparison"),
            "VitalsSummary", Set.of("rating"));

    private JsonNode published;
    private JsonNode ours;

    @BeforeEach
    void read() throws IOException {
        try (var contract = OpenApiTest.class.getResourceAsStream("/contract/mixpeek.json")) {
            published = JSON.readTree(contract);
        }
        ours = JSON.readTree(RestAssured.given().get("/q/openapi?format=json").asString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"analytics", "logs"})
    void operationsMatchThePublishedDocument(String route) {
        String path = "/paths/~1v1~1apps~1{app_id}~1" + route + "/get";
        JsonNode expected = published.at(path);
        JsonNode actual = ours.at(path);

        for (String field : new String[] {"operationId", "summary", "tags"}) {
            assertEquals(expected.get(field), actual.get(field));
        }
        assertEquals(words(expected.get("description")), words(actual.get("description")));
        Map<String, String> parameters = parameters(actual);
        parameters.keySet().retainAll(parameters(expected).keySet());
        assertEquals(parameters(expected), parameters);
        expected.get("responses").properties().forEach(response -> {
            String schema = "/content/application~1json/schema/$ref";
            JsonNode told = resolved(actual.at("/responses/" + response.getKey()));
            assertEquals(response.getValue().at(schema), told.at(schema), response.getKey());
            assertEquals(response.getValue().get("description"), told.get("description"));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AppAnalyticsResponse",
                "AppLogsResponse",
                "ErrorBucket",
                "VitalsSummary",
                "RecentError",
                "ErrorResponse",
                "ErrorDetail",
                "HTTPValidationError",
                "ValidationError"
            })
    void schemasAreThePublishedOnes(String name) {
        JsonNode expected = published.at("/components/schemas/" + name);
        JsonNode actual = ours.at("/components/schemas/" + name);

        Map<String, String> properties = properties(actual);
        properties.keySet().removeAll(EXTENSIONS.getOrDefault(name, Set.of()));
        assertEquals(opened(properties(expected), properties), opened(properties, properties(expected)));
        assertEquals(required(expected), required(actual));
        assertEquals(texts(expected, expected), texts(expected, actual));
    }

    /** A time without an offset is no date-time of JSON Schema. */
    @Test
    void boundsOfAnOverviewMayLackTheirOffset() {
        Map<String, JsonNode> schemas = new TreeMap<>();
        ours.at("/paths/~1v1~1apps~1{app_id}~1analytics/get/parameters")
                .forEach(parameter -> schemas.put(parameter.get("name").asText(), parameter.get("schema")));
        for (String bound : List.of("start", "end")) {
            assertEquals(JSON.createObjectNode().put("type", "string"), schemas.get(bound), bound);
        }
    }

    @Test
    void pageOfALogHasALink() {
        JsonNode headers = ours.at("/paths/~1v1~1apps~1{app_id}~1logs/get/responses/200/headers");
        assertEquals("string", headers.at("/Link/schema/type").asText());
    }

    @Test
    void entriesOfBothLogsAreDescribed() {
        assertEquals(
                List.of("#/components/schemas/RuntimeLogEntry", "#/components/schemas/RequestLogEntry"),
                ours.at("/components/schemas/LogEntry/oneOf").findValuesAsText("$ref"));
        assertEquals(
                Set.of("timestamp", "level", "message", "route_path", "request_id"),
                required(ours.at("/components/schemas/RuntimeLogEntry")));
        assertEquals(
                Set.of("timestamp", "method", "path", "status_code", "duration_ms", "user_agent", "ip"),
                required(ours.at("/components/schemas/RequestLogEntry")));
    }

    /** What stands among the components under its name, or the node itself. */
    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? ours.at(node.get("$ref").asText().substring(1)) : node;
    }

    private Map<String, String> parameters(JsonNode operation) {
        Map<String, String> parameters = new TreeMap<>();
        for (JsonNode reference : operation.get("parameters")) {
            JsonNode parameter = resolved(reference);
            ObjectNode schema = (ObjectNode) parameter.get("schema");
            parameters.put(
                    parameter.get("name").asText(),
                    "%s required=%s %s minimum=%s maximum=%s default=%s %s"
                            .formatted(
                                    parameter.get("in"),
                                    parameter.path("required").asBoolean(),
                                    type(schema),
                                    schema.get("minimum"),
                                    schema.get("maximum"),
                                    schema.path("default").asText(),
                                    schema.get("title")));
        }
        return parameters;
    }

    private static Map<String, String> properties(JsonNode schema) {
        Map<String, String> properties = new TreeMap<>();
        schema.get("properties")
                .properties()
                .forEach(property -> properties.put(property.getKey(), type(property.getValue())));
        return properties;
    }

    /** Where one of the two leaves open what an array holds, so does the other. */
    private static Map<String, String> opened(Map<String, String> properties, Map<String, String> others) {
        Map<String, String> opened = new TreeMap<>(properties);
        opened.replaceAll((name, type) -> "array".equals(others.get(name)) ? type.replaceAll(" of .*", "") : type);
        return opened;
    }

    /** The published title and description of the schema and of its properties. */
    private static Map<String, String> texts(JsonNode published, JsonNode schema) {
        Map<String, String> texts = new TreeMap<>();
        for (String text : List.of("title", "description")) {
            if (published.has(text)) {
                texts.put(text, schema.path(text).asText());
            }
        }
        published
                .path("properties")
                .properties()
                .forEach(property -> texts(
                                property.getValue(), schema.path("properties").path(property.getKey()))
                        .forEach((name, text) -> texts.put(property.getKey() + " " + name, text)));
        return texts;
    }

    private static Set<String> required(JsonNode schema) {
        Set<String> required = new TreeSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        return required;
    }

    /** Type and nullability in one form, since OpenAPI 3.1 has several for the same. */
    private static String type(JsonNode schema) {
        if (schema.has("$ref")) {
            return schema.get("$ref").asText();
        }
        Set<String> types = new TreeSet<>();
        schema.path("anyOf").forEach(any -> types.add(type(any)));
        if (schema.path("type").isArray()) {
            schema.get("type").forEach(type -> types.add(type.asText()));
        } else if (schema.has("type")) {
            types.add(schema.get("type").asText());
        }
        String items = schema.path("items").isEmpty() ? "" : " of " + type(schema.get("items"));
        return String.join("|", types) + items;
    }

    private static String words(JsonNode text) {
        return text.asText().replaceAll("\\s+", " ").strip();
    }
}
