package dev.quarry.integrations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service's own OpenAPI document against the published one. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DASHBOARD = "/paths/~1v1~1analytics~1integrations~1dashboard/get";

    private JsonNode published;
    private JsonNode ours;

    @BeforeEach
    void read() throws IOException {
        published = JSON.readTree(getClass().getResourceAsStream("/contract/feather.json"));
        ours = JSON.readTree(RestAssured.given().get("/q/openapi?format=json").asString());
    }

    @Test
    void operationMatchesThePublishedDocument() {
        JsonNode operation = ours.at(DASHBOARD);
        assertEquals(
                published.at(DASHBOARD + "/operationId").asText(),
                operation.get("operationId").asText());
        assertEquals("analytics", operation.at("/tags/0").asText());
        assertEquals(
                published.at("/components/securitySchemes/APIKeyHeader"),
                ours.at("/components/securitySchemes/APIKeyHeader"));
        assertEquals(
                "#/components/schemas/src__analytics__integrations__schemas__DashboardEnvelope",
                operation
                        .at("/responses/200/content/application~1json/schema/$ref")
                        .asText());
        for (String status : List.of("400", "401", "422")) {
            assertEquals(true, operation.get("responses").has(status), status);
        }
    }

    @Test
    void parametersMatchThePublishedDocumentInOrder() {
        List<String> expected = new ArrayList<>();
        published.at(DASHBOARD + "/parameters").forEach(parameter -> expected.add(parameterOf(parameter)));
        List<String> actual = new ArrayList<>();
        ours.at(DASHBOARD + "/parameters").forEach(parameter -> {
            if (parameter.has("name")) {
                actual.add(parameterOf(parameter));
            }
        });
        assertEquals(expected, actual.subList(0, expected.size()));
        assertEquals(expected.size() + 1, actual.size(), "tz and limit are all that we add");
        assertEquals(
                "#/components/parameters/limit",
                ours.at(DASHBOARD + "/parameters/" + actual.size() + "/$ref").asText());
    }

    @Test
    void everyPanelDescribesItsParameters() {
        for (String panel : List.of("usage", "success-rate", "latency")) {
            assertEquals(8, operation(panel).get("parameters").size(), panel);
        }
        for (String panel : List.of("by-integration", "by-mode", "error-breakdown")) {
            assertEquals(9, operation(panel).get("parameters").size(), panel);
        }
    }

    @Test
    void panelsWithGroupsDescribeTheLimitAndTheHeader() {
        JsonNode limit = ours.at("/components/parameters/limit");
        assertEquals("limit", limit.get("name").asText());
        assertEquals(1, limit.at("/schema/minimum").asInt());
        assertEquals(1_000, limit.at("/schema/maximum").asInt());
        assertEquals(1_000, limit.at("/schema/default").asInt());
        for (String route : List.of("dashboard", "by-integration", "by-mode", "error-breakdown")) {
            assertEquals(
                    "integer",
                    operation(route)
                            .at("/responses/200/headers/X-Groups-Omitted/schema/type")
                            .asText(),
                    route);
        }
    }

    private JsonNode operation(String route) {
        return ours.at("/paths/~1v1~1analytics~1integrations~1" + route + "/get");
    }

    @Test
    void schemasMatchThePublishedDocument() {
        Set<String> names = new TreeSet<>();
        published.at("/components/schemas").fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            JsonNode expected = published.at("/components/schemas/" + name);
            JsonNode actual = ours.at("/components/schemas/" + name);
            if (!name.equals("ValidationError")) {
                assertEquals(propertiesOf(expected), propertiesOf(actual), name);
                assertEquals(required(expected), required(actual), name);
            }
            assertEquals(false, actual.isMissingNode(), name);
        }
    }

    private static String parameterOf(JsonNode parameter) {
        JsonNode schema = parameter.get("schema");
        return "%s in %s, required %s: %s, format %s, pattern %s, default %s"
                .formatted(
                        parameter.path("name").asText(),
                        parameter.path("in").asText(),
                        parameter.path("required").asBoolean(false),
                        types(schema),
                        schema.path("format").asText(),
                        schema.path("pattern").asText(),
                        schema.path("default").asText());
    }

    private static Map<String, String> propertiesOf(JsonNode schema) {
        Map<String, String> properties = new TreeMap<>();
        schema.path("properties")
                .properties()
                .forEach(property -> properties.put(
                        property.getKey(),
                        types(property.getValue()) + refOf(property.getValue().path("items"))));
        return properties;
    }

    private static String refOf(JsonNode schema) {
        return schema.path("$ref").asText();
    }

    /** {@code anyOf: [{type: string}, {type: null}]} and {@code type: [string, null]} say the same. */
    private static Set<String> types(JsonNode schema) {
        Set<String> types = new TreeSet<>();
        JsonNode type = schema.path("type");
        if (type.isArray()) {
            type.forEach(one -> types.add(one.asText()));
        } else if (type.isTextual()) {
            types.add(type.asText());
        }
        schema.path("anyOf").forEach(one -> types.addAll(types(one)));
        return types;
    }

    private static Set<String> required(JsonNode schema) {
        Set<String> required = new TreeSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        return required;
    }
}
