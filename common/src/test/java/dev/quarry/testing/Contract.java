package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;

/**
 * Validates answers against an OpenAPI 3.1 document, published or served, whose schemas are JSON Schema 2020-12. An
 * object must not have properties that its schema does not name: a published schema allows them, but our answers have
 * none.
 */
public final class Contract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    private final JsonNode document;

    private Contract(JsonNode document) {
        this.document = document;
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

    /** The document that the service under test serves. */
    public static Contract served() {
        return new Contract(parse(RestAssured.given()
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

    /**
     * Fails the test unless the document has the response and the body is a valid, closed instance of its schema.
     *
     * @param path with its placeholders
     * @param mediaType without parameters, such as {@code application/json}
     */
    public void checkResponse(String path, int status, String mediaType, String body) {
        JsonNode response =
                document.path("paths").path(path).path("get").path("responses").path(Integer.toString(status));
        JsonNode schema = resolve(response).path("content").path(mediaType).path("schema");
        if (schema.isMissingNode()) {
            fail("The document has no %s with status %d of %s".formatted(mediaType, status, path));
        }
        JsonNode instance = mediaType.equals("application/json") ? parse(body) : JSON.valueToTree(body);
        check(schema, path + " " + status, instance);
    }

    void check(JsonNode definition, String schema, JsonNode instance) {
        ObjectNode root = JSON.createObjectNode();
        root.put("$schema", SpecVersion.VersionFlag.V202012.getId());
        root.putArray("allOf").add(definition);
        root.set("components", document.get("components"));
        Set<String> faults = new TreeSet<>();
        for (ValidationMessage message : FACTORY.getSchema(root).validate(instance)) {
            faults.add(message.getMessage());
        }
        findStrangers(definition, instance, "$", faults);
        if (!faults.isEmpty()) {
            fail("Not a %s: %s%n%s".formatted(schema, faults, instance));
        }
    }

    private void findStrangers(JsonNode schema, JsonNode instance, String path, Set<String> faults) {
        JsonNode resolved = resolve(schema);
        if (instance.isArray()) {
            for (int i = 0; i < instance.size(); i++) {
                findStrangers(resolved.path("items"), instance.get(i), path + "[" + i + "]", faults);
            }
        } else if (instance.isObject() && resolved.has("properties")) {
            for (var field : instance.properties()) {
                JsonNode property = resolved.get("properties").get(field.getKey());
                String child = path + "." + field.getKey();
                if (property == null) {
                    faults.add(child + ": is not in the published schema");
                } else {
                    findStrangers(property, field.getValue(), child, faults);
                }
            }
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
