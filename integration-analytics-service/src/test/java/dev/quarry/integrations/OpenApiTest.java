package dev.quarry.integrations;

import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.caller.Permissions;
import dev.quarry.testing.DocumentTests;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks that the service's OpenAPI document is complete, has what the published one has, and fits the answers. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class OpenApiTest extends DocumentTests {
    private static final String PATH = "/v1/analytics/integrations/";
    private static final List<String> COMPARABLE =
            List.of("usage", "success-rate", "latency", "by-integration", "by-mode", "error-breakdown");
    private static final List<String> ROUTES = List.of(
            "dashboard", "summary", "usage", "success-rate", "latency", "by-integration", "by-mode", "error-breakdown");
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
        List<String> names = new ArrayList<>();
        ours.at(DASHBOARD + "/parameters").forEach(parameter -> {
            actual.add(parameterOf(parameter));
            names.add(parameter.get("name").asText());
        });
        assertEquals(expected, actual.subList(0, expected.size()));
        assertEquals(
                List.of("tz", "compare", "limit", "If-None-Match"),
                names.subList(expected.size(), names.size()),
                "our extensions");
    }

    @Test
    void everyPanelDescribesItsParameters() {
        assertEquals(9, operation("summary").get("parameters").size());
        for (String panel : List.of("usage", "success-rate", "latency")) {
            assertEquals(9, operation(panel).get("parameters").size(), panel);
        }
        for (String panel : List.of("by-integration", "by-mode", "error-breakdown")) {
            assertEquals(10, operation(panel).get("parameters").size(), panel);
        }
    }

    @Test
    void panelsWithGroupsDescribeTheLimitAndTheHeader() {
        for (String route : List.of("dashboard", "by-integration", "by-mode", "error-breakdown")) {
            JsonNode parameters = operation(route).get("parameters");
            JsonNode limit = parameters.get(parameters.size() - 2);
            assertEquals("limit", limit.get("name").asText(), route);
            assertEquals(1, limit.at("/schema/minimum").asInt(), route);
            assertEquals(1_000, limit.at("/schema/maximum").asInt(), route);
            assertEquals(1_000, limit.at("/schema/default").asInt(), route);
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
            assertEquals(titles(expected), titles(actual), name);
        }
    }

    @Test
    void describesComparedRowsBesideRows() {
        for (String panel : COMPARABLE) {
            JsonNode schema = operation(panel).at("/responses/200/content/application~1json/schema");
            String row = schema.at("/anyOf/0/items/$ref").asText();
            String compared = schema.at("/anyOf/1/items/$ref").asText();
            JsonNode properties = ours.at(compared.substring(1)).get("properties");
            assertEquals(row, properties.at("/current/anyOf/0/$ref").asText(), panel);
            assertEquals(row, properties.at("/previous/anyOf/0/$ref").asText(), panel);
        }
        assertEquals(
                "array",
                operation("summary")
                        .at("/responses/200/content/application~1json/schema/type")
                        .asText());
    }

    /** {@link dev.quarry.testing.DocumentedAnswers} validates each answer. */
    @Test
    void answersFitTheDocument() {
        TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
        checkAnswers(caller);
        Deliveries.deliver(
                caller,
                Invocation.success("1", "2026-02-19T10:00:00Z", "stripe", 100),
                Invocation.failure("2", "2026-02-19T11:00:00Z", "gone", "vendor_error", "auth"),
                Invocation.success("3", "2026-02-20T10:00:00Z", "stripe", 100),
                Invocation.failure("4", "2026-02-20T11:00:00Z", "new", "exception", "timeout"));
        checkAnswers(caller);
    }

    private static void checkAnswers(TestCaller caller) {
        check(caller, "dashboard", "application/json", "year");
        for (String mediaType : List.of("application/json", "text/csv", "application/vnd.apache.arrow.stream")) {
            check(caller, "summary", mediaType, "previous");
            for (String panel : COMPARABLE) {
                check(caller, panel, mediaType, "none");
                check(caller, panel, mediaType, "previous");
                check(caller, panel, mediaType, "year");
            }
        }
    }

    private static void check(TestCaller caller, String route, String mediaType, String compare) {
        caller.withApiKey()
                .accept(mediaType)
                .queryParam("start_date", "2026-02-20")
                .queryParam("end_date", "2026-02-20")
                .queryParam("compare", compare)
                .get(PATH + route)
                .then()
                .statusCode(200)
                .contentType(startsWith(mediaType));
    }

    /** {@link dev.quarry.testing.DocumentedAnswers} validates each answer. */
    @Test
    void failuresFitTheDocument() {
        TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
        for (String route : ROUTES) {
            fails(route, 401, RestAssured.given());
            fails(route, 422, caller.withApiKey());
            fails(
                    route,
                    400,
                    caller.withApiKey().queryParam("start_date", "2026-02-21").queryParam("end_date", "2026-02-20"));
            fails(route, 403, TestCaller.create(Permissions.METRICS_READ).withApiKey());
        }
    }

    private static void fails(String route, int status, RequestSpecification request) {
        request.get(PATH + route).then().statusCode(status).contentType("application/json");
    }

    /** The schema's own title and those of its properties. */
    private static Map<String, String> titles(JsonNode schema) {
        Map<String, String> titles = new TreeMap<>();
        titles.put("", schema.path("title").asText());
        schema.path("properties")
                .properties()
                .forEach(property -> titles.put(
                        property.getKey(), property.getValue().path("title").asText()));
        return titles;
    }

    private static String parameterOf(JsonNode parameter) {
        JsonNode schema = parameter.get("schema");
        return "%s in %s, required %s: %s, format %s, pattern %s, default %s, title %s"
                .formatted(
                        parameter.path("name").asText(),
                        parameter.path("in").asText(),
                        parameter.path("required").asBoolean(false),
                        types(schema),
                        schema.path("format").asText(),
                        schema.path("pattern").asText(),
                        schema.path("default").asText(),
                        schema.path("title").asText());
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
