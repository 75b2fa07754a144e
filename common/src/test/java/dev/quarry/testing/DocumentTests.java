package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Checks that the OpenAPI document of a service is complete and consistent. A service extends this class once to be
 * tested in this JVM, and extends that class to be tested as it is packaged.
 */
public abstract class DocumentTests {
    private static final String JSON = "application/json";
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    /** Maximum number of differences in a message. */
    private static final int MOST_SHOWN = 10;
    /** Maximum length of a value in a message. */
    private static final int MOST_CHARACTERS = 200;
    /** The failures of every operation with authentication, in all families. */
    private static final List<String> FAILURES = List.of("400", "401", "403", "429", "500", "503", "504");

    /** The order of names in an object does not matter. */
    @Test
    void theCommittedDocumentIsTheServedOne() throws IOException {
        String served = RestAssured.given()
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        List<String> differences = new ArrayList<>();
        compare("", YAML.readTree(served), YAML.readTree(Path.of("openapi.yaml").toFile()), differences);
        assertTrue(
                differences.isEmpty(),
                () -> "openapi.yaml differs from the served document: run `./quarry documents` and commit the result. "
                        + firstOf(differences));
    }

    private static String firstOf(List<String> differences) {
        return "%d differences, first:%n%s"
                .formatted(
                        differences.size(),
                        differences.stream().limit(MOST_SHOWN).collect(Collectors.joining(System.lineSeparator())));
    }

    private static String beginning(JsonNode node) {
        String text = node.toString();
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
    }

    private static void compare(String path, JsonNode served, JsonNode committed, List<String> differences) {
        if (served.isObject() && committed.isObject()) {
            Set<String> all = names(served);
            all.addAll(names(committed));
            all.forEach(name -> compare(path + "/" + name, served.path(name), committed.path(name), differences));
        } else if (served.isArray() && committed.isArray() && served.size() == committed.size()) {
            for (int i = 0; i < served.size(); i++) {
                compare(path + "/" + i, served.get(i), committed.get(i), differences);
            }
        } else if (!served.equals(committed)) {
            differences.add("%s: served %s, committed %s".formatted(path, beginning(served), beginning(committed)));
        }
    }

    @Test
    void everyReferenceResolves() {
        JsonNode document = Contract.served().document();
        List<String> broken = new ArrayList<>();
        visit(document, "", (path, node) -> {
            JsonNode reference = node.get("$ref");
            if (reference != null
                    && document.at(reference.asText().substring(1)).isMissingNode()) {
                broken.add(path + ": " + reference.asText());
            }
        });
        assertEquals(List.of(), broken);
    }

    @Test
    void everySchemaIsUsedAndHasAPlainName() {
        JsonNode document = Contract.served().document();
        Set<String> used = new TreeSet<>();
        visit(document, "", (path, node) -> {
            String reference = node.path("$ref").asText();
            if (reference.startsWith("#/components/schemas/")) {
                used.add(reference.substring("#/components/schemas/".length()));
            }
        });
        assertEquals(names(document.at("/components/schemas")), used);
        used.forEach(name -> assertFalse(name.matches(".*\\d"), name + " is a second schema of one name"));
    }

    @Test
    void everyOperationAuthenticatesByDeclaredSchemes() {
        JsonNode document = Contract.served().document();
        Set<String> declared = names(document.at("/components/securitySchemes"));
        Set<String> used = new TreeSet<>();
        operations(document).forEach((path, operation) -> {
            assertFalse(operation.path("security").isEmpty(), path + " has no security");
            operation.get("security").forEach(alternative -> used.addAll(names(alternative)));
        });
        assertEquals(declared, used);
    }

    @Test
    void everyOperationIsDescribed() {
        JsonNode document = Contract.served().document();
        Set<String> tags = new HashSet<>();
        document.path("tags").forEach(tag -> tags.add(tag.path("name").asText()));
        Set<String> operationIds = new HashSet<>();
        operations(document).forEach((path, operation) -> {
            assertTrue(
                    operationIds.add(operation.path("operationId").asText()), path + " has no operationId of its own");
            assertFalse(operation.path("summary").asText().isEmpty(), path + " has no summary");
            assertEquals(1, operation.path("tags").size(), path + " has not one tag");
            assertTrue(tags.contains(operation.at("/tags/0").asText()), path + " has a tag that is not declared");
            operation.path("parameters").forEach(parameter -> {
                String name = path + " " + parameter.path("name").asText();
                assertFalse(parameter.path("description").asText().isEmpty(), name + " has no description");
                assertFalse(parameter.path("schema").isMissingNode(), name + " has no schema");
            });
            JsonNode parameters = operation.path("parameters");
            assertTrue(
                    parameters.isMissingNode()
                            || parameters.findValues("example").size() > 0,
                    path + " has no example of a parameter");
        });
    }

    @Test
    void everyOperationShowsAValidExampleOfItsAnswer() {
        Contract served = Contract.served();
        operations(served.document()).forEach((path, operation) -> {
            JsonNode answer = operation.at("/responses/200/content").path(JSON);
            if (!answer.isMissingNode()) {
                List<JsonNode> examples = examples(answer);
                assertFalse(examples.isEmpty(), path + " has no example of its answer");
                examples.forEach(example -> served.check(answer.get("schema"), path, example));
            }
        });
    }

    @Test
    void everyOperationShowsValidExamplesOfItsFailures() {
        Contract served = Contract.served();
        operations(served.document()).forEach((path, operation) -> {
            assertTrue(names(operation.path("responses")).containsAll(FAILURES), path + " leaves out a failure");
            for (Map.Entry<String, JsonNode> response :
                    operation.path("responses").properties()) {
                if (response.getKey().compareTo("400") < 0) {
                    continue;
                }
                String name = path + " " + response.getKey();
                JsonNode body = response.getValue().path("content").path(JSON);
                assertFalse(response.getValue().path("description").asText().isEmpty(), name + " has no description");
                assertFalse(examples(body).isEmpty(), name + " has no example");
                examples(body).forEach(example -> served.check(body.get("schema"), name, example));
            }
        });
    }

    @Test
    void everyResponseTellsItsHeaders() {
        operations(Contract.served().document())
                .forEach((path, operation) -> operation
                        .path("responses")
                        .properties()
                        .forEach(response -> {
                            String name = path + " " + response.getKey();
                            Set<String> headers = names(response.getValue().path("headers"));
                            assertTrue(
                                    headers.containsAll(List.of("X-Request-Id", "Server-Timing", "RateLimit")),
                                    name + " has only " + headers);
                            assertEquals(
                                    Set.of("429", "503").contains(response.getKey()),
                                    headers.contains("Retry-After"),
                                    name);
                        }));
    }

    @Test
    void whatAnswers304TakesTheTagOfAnEarlierAnswer() {
        operations(Contract.served().document()).forEach((path, operation) -> {
            Set<String> headers = new TreeSet<>();
            operation.path("parameters").forEach(parameter -> {
                if (parameter.path("in").asText().equals("header")) {
                    headers.add(parameter.path("name").asText());
                }
            });
            JsonNode responses = operation.path("responses");
            assertEquals(responses.has("304"), headers.contains("If-None-Match"), path);
            assertEquals(responses.has("304"), responses.at("/200/headers").has("ETag"), path);
        });
    }

    @Test
    void everyPropertyIsDescribed() {
        List<String> undescribed = new ArrayList<>();
        JsonNode schemas = Contract.served().document().at("/components/schemas");
        visit(
                schemas,
                "",
                (path, node) -> node.path("properties").properties().forEach(property -> {
                    if (!property.getValue().has("description")) {
                        undescribed.add(path + " " + property.getKey());
                    }
                }));
        assertEquals(List.of(), undescribed);
    }

    private static List<JsonNode> examples(JsonNode mediaType) {
        List<JsonNode> examples = new ArrayList<>();
        if (mediaType.has("example")) {
            examples.add(mediaType.get("example"));
        }
        mediaType.path("examples").forEach(example -> examples.add(example.path("value")));
        return examples;
    }

    private static Map<String, JsonNode> operations(JsonNode document) {
        Map<String, JsonNode> operations = new TreeMap<>();
        document.get("paths")
                .properties()
                .forEach(path -> operations.put(path.getKey(), path.getValue().get("get")));
        assertFalse(operations.isEmpty());
        return operations;
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void visit(JsonNode node, String path, BiConsumer<String, JsonNode> visitor) {
        visitor.accept(path, node);
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                visit(node.get(i), path + "/" + i, visitor);
            }
        }
        node.properties().forEach(field -> visit(field.getValue(), path + "/" + field.getKey(), visitor));
    }
}
