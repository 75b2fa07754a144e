package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Validates answers against an OpenAPI 3.1 document, published or served, whose schemas are JSON Schema 2020-12. An
 * object must not have properties that its schema does not name: a published schema allows them, but our answers have
 * none.
 */
public final class Contract {
    private static final String JSON_TYPE = "application/json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    /** The served documents by the port of the service. */
    private static final Map<Integer, Contract> SERVED = new ConcurrentHashMap<>();

    private final JsonNode document;
    private final JsonNode closedComponents;
    private final Map<String, Pattern> paths = new TreeMap<>();
    private final Map<JsonNode, JsonSchema> compiled = new ConcurrentHashMap<>();

    private Contract(JsonNode document) {
        this.document = document;
        this.closedComponents = closed(document.path("components"));
        document.path("paths")
                .fieldNames()
                .forEachRemaining(path -> paths.put(path, Pattern.compile(path.replaceAll("\\{[^}]*}", "[^/]+"))));
    }

    /** The document in a JSON file on the test's class path. */
    public static Contract ofResource(String path) {
        try (InputStream in = Contract.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("No such resource: " + path);
            }
            return new Contract(JSON.readTree(in));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The document in JSON. */
    static Contract of(String document) {
        return new Contract(parse(document));
    }

    /** The document that the service under test serves. */
    public static Contract served() {
        return SERVED.computeIfAbsent(
                RestAssured.port,
                port -> of(RestAssured.given()
                        .get("/q/openapi?format=json")
                        .then()
                        .statusCode(200)
                        .extract()
                        .asString()));
    }

    JsonNode document() {
        return document;
    }

    /** Fails the test unless the body is a valid, closed instance of {@code #/components/schemas/<schema>}. */
    public void check(String schema, String body) {
        JsonNode definition = document.at("/components/schemas/" + schema);
        if (definition.isMissingNode()) {
            throw new IllegalArgumentException("The document has no schema " + schema);
        }
        check(definition, schema, parse(body));
    }

    /** The path of the document, with its placeholders, that a request's path matches. */
    Optional<String> path(String requested) {
        return paths.containsKey(requested)
                ? Optional.of(requested)
                : paths.entrySet().stream()
                        .filter(path -> path.getValue().matcher(requested).matches())
                        .map(Map.Entry::getKey)
                        .findFirst();
    }

    /**
     * Fails the test unless the document has the response and the body is a valid, closed instance of its schema.
     *
     * @param path with its placeholders
     * @param mediaType without parameters, such as {@code application/json}
     */
    void checkResponse(String path, int status, String mediaType, String body) {
        JsonNode response =
                document.path("paths").path(path).path("get").path("responses").path(Integer.toString(status));
        JsonNode schema = resolve(response).path("content").path(mediaType).path("schema");
        if (schema.isMissingNode()) {
            fail("The document has no %s with status %d of %s".formatted(mediaType, status, path));
        }
        JsonNode instance = mediaType.equals(JSON_TYPE) ? parse(body) : JSON.valueToTree(body);
        check(schema, path + " " + status, instance);
    }

    /** Fails the test unless the body has the shape that the document gives failures of this status, or of most. */
    void checkFailure(int status, String body) {
        JsonNode responses =
                document.path("paths").elements().next().path("get").path("responses");
        String known = responses.has(Integer.toString(status)) ? Integer.toString(status) : "401";
        JsonNode content = resolve(responses.path(known)).path("content");
        check(content.path(JSON_TYPE).path("schema"), "failure with status " + status, parse(body));
    }

    void check(JsonNode definition, String schema, JsonNode instance) {
        Set<String> faults = new TreeSet<>();
        for (ValidationMessage message :
                compiled.computeIfAbsent(definition, this::compile).validate(instance)) {
            faults.add(message.getMessage());
        }
        if (!faults.isEmpty()) {
            fail("Not a %s: %s%n%s".formatted(schema, faults, instance));
        }
    }

    private JsonSchema compile(JsonNode definition) {
        ObjectNode root = JSON.createObjectNode();
        root.put("$schema", SpecVersion.VersionFlag.V202012.getId());
        root.putArray("allOf").add(closed(definition));
        root.set("components", closedComponents);
        return FACTORY.getSchema(root);
    }

    /** A copy whose objects allow no properties except those that their schemas name. */
    private static JsonNode closed(JsonNode schema) {
        JsonNode copy = schema.deepCopy();
        close(copy);
        return copy;
    }

    private static void close(JsonNode node) {
        node.forEach(Contract::close);
        if (node instanceof ObjectNode schema
                && schema.path("properties").isObject()
                && !schema.path("additionalProperties").isObject()) {
            schema.put("additionalProperties", false);
        }
    }

    private JsonNode resolve(JsonNode schema) {
        return schema.has("$ref") ? document.at(schema.get("$ref").asText().substring(1)) : schema;
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException notJson) {
            throw new AssertionError("Not JSON: " + body, notJson);
        }
    }
}
