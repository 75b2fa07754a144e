package dev.quarry.organizations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.testing.DocumentTests;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The document that we publish says what the published one says. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class OpenApiTest extends DocumentTests {
    private static final String WORKSPACE = "/v1/orgs/{org_id}/workspaces/{workspace_id}";

    private JsonNode document;

    @BeforeEach
    void read() throws IOException {
        document = new ObjectMapper()
                .readTree(RestAssured.get("/q/openapi?format=json").asString());
    }

    @Test
    void documentHasExactlyElevenRoutes() {
        Set<String> paths = new TreeSet<>();
        document.get("paths").fieldNames().forEachRemaining(paths::add);

        assertEquals(
                new TreeSet<>(List.of(
                        "/v1/orgs/{org_id}/analytics",
                        WORKSPACE + "/analytics",
                        WORKSPACE + "/analytics/resources",
                        WORKSPACE + "/analytics/executions",
                        WORKSPACE + "/analytics/executions/hourly",
                        WORKSPACE + "/analytics/executions/daily",
                        WORKSPACE + "/apps/{app_id}/analytics",
                        WORKSPACE + "/namespaces/{namespace_id}/analytics",
                        WORKSPACE + "/analytics/actions",
                        WORKSPACE + "/analytics/secrets",
                        WORKSPACE + "/analytics/sources")),
                paths);
    }

    @Test
    void documentHasBoundsDefaultsAndTitles() {
        JsonNode hours = parameter(WORKSPACE + "/analytics/executions/hourly", "hours");
        assertEquals(
                "Number of hours (max 168 = 1 week)", hours.get("description").asText());
        assertEquals("Hours", hours.at("/schema/title").asText());
        assertEquals("integer", hours.at("/schema/type").asText());
        assertEquals(24, hours.at("/schema/default").asInt());
        assertEquals(1, hours.at("/schema/minimum").asInt());
        assertEquals(168, hours.at("/schema/maximum").asInt());
        assertFalse(hours.path("required").asBoolean());

        JsonNode days = parameter(WORKSPACE + "/analytics/executions/daily", "days");
        assertEquals("Number of days (max 90)", days.get("description").asText());
        assertEquals("Days", days.at("/schema/title").asText());
        assertEquals("integer", days.at("/schema/type").asText());
        assertEquals(30, days.at("/schema/default").asInt());
        assertEquals(1, days.at("/schema/minimum").asInt());
        assertEquals(90, days.at("/schema/maximum").asInt());
        assertFalse(days.path("required").asBoolean());

        JsonNode workspace = parameter("/v1/orgs/{org_id}/analytics", "workspace_id");
        assertEquals("query", workspace.get("in").asText());
        assertFalse(workspace.path("required").asBoolean());
        assertEquals(List.of("string", "null"), workspace.at("/schema/anyOf").findValuesAsText("type"));
    }

    @Test
    void everyPlaceholderIsARequiredParameterWithThePublishedTitle() {
        Map<String, String> titles = Map.of(
                "org_id", "Org Id", "workspace_id", "Workspace Id", "app_id", "App Id", "namespace_id", "Namespace Id");
        document.get("paths").properties().forEach(path -> {
            List<String> inPath = new ArrayList<>();
            for (JsonNode parameter : path.getValue().at("/get/parameters")) {
                if (parameter.get("in").asText().equals("path")) {
                    String name = parameter.get("name").asText();
                    inPath.add("{" + name + "}");
                    assertTrue(parameter.path("required").asBoolean(), path.getKey() + " " + name);
                    assertEquals("string", parameter.at("/schema/type").asText(), path.getKey() + " " + name);
                    assertEquals(titles.get(name), parameter.at("/schema/title").asText(), path.getKey());
                }
            }
            List<String> placeholders = List.of(path.getKey().split("/")).stream()
                    .filter(segment -> segment.startsWith("{"))
                    .toList();
            assertEquals(placeholders, inPath);
        });
    }

    @Test
    void extensionsAreDocumented() {
        assertEquals(
                List.of("org_id", "workspace_id", "hours", "days", "tz", "include", "If-None-Match"),
                parameters(WORKSPACE + "/analytics/executions"));
        assertEquals(
                List.of("org_id", "workspace_id", "hours", "tz", "include", "compare", "If-None-Match"),
                parameters(WORKSPACE + "/analytics/executions/hourly"));
        assertEquals(
                List.of("org_id", "workspace_id", "days", "tz", "include", "compare", "If-None-Match"),
                parameters(WORKSPACE + "/analytics/executions/daily"));
        for (String path : List.of("", "/hourly", "/daily")) {
            String executions = WORKSPACE + "/analytics/executions" + path;
            assertEquals(
                    "UTC", parameter(executions, "tz").at("/schema/default").asText());
            assertEquals(
                    "previous",
                    parameter(executions, "include").at("/schema/enum/0").asText());
        }
        for (String path : List.of("/secrets", "/sources")) {
            String groups = WORKSPACE + "/analytics" + path;
            assertEquals(List.of("org_id", "workspace_id", "limit"), parameters(groups));
            assertEquals(1_000, parameter(groups, "limit").at("/schema/maximum").asInt());
            assertTrue(operation(groups)
                    .at("/responses/200/headers/X-Groups-Omitted")
                    .isObject());
        }
        for (String path : List.of("", "/executions", "/executions/hourly", "/executions/daily")) {
            JsonNode headers = operation(WORKSPACE + "/analytics" + path).at("/responses/200/headers");
            assertTrue(headers.has("X-Data-As-Of"), path);
            assertTrue(headers.has("X-Data-Since"), path);
        }
    }

    @Test
    void everyOperationHasItsAnswerAndItsFailures() {
        Set<String> operationIds = new TreeSet<>();
        for (JsonNode path : document.get("paths")) {
            JsonNode operation = path.get("get");
            operationIds.add(operation.get("operationId").asText());
            assertTrue(
                    operation
                            .at("/responses/200/content/application~1json/schema/$ref")
                            .isTextual(),
                    operation.toString());
            for (String status : List.of("400", "401", "403", "404", "422", "429", "500", "503", "504")) {
                String schema = status.equals("422") ? "HTTPValidationError" : "ErrorResponse";
                assertEquals(
                        "#/components/schemas/" + schema,
                        operation
                                .at("/responses/" + status + "/content/application~1json/schema/$ref")
                                .asText(),
                        status);
            }
        }
        assertEquals(11, operationIds.size());
    }

    /** AccessTest checks that answers name these types. */
    @Test
    void examplesOfMissingResourcesNameTheirTypes() {
        Map<String, String> types = Map.of(
                "/v1/orgs/{org_id}/analytics",
                "organization",
                WORKSPACE + "/analytics",
                "workspace",
                WORKSPACE + "/apps/{app_id}/analytics",
                "app",
                WORKSPACE + "/namespaces/{namespace_id}/analytics",
                "namespace");
        types.forEach((path, type) -> {
            JsonNode example = operation(path).at("/responses/404/content/application~1json/examples/notFound/value");
            assertEquals(type, example.at("/details/resource_type").asText());
            assertEquals(
                    "The requested resource was not found",
                    example.get("message").asText());
        });
    }

    @Test
    void everyOperationRequiresABearerToken() {
        assertEquals(
                "bearer",
                document.at("/components/securitySchemes/Bearer/scheme").asText());
        assertTrue(document.at("/security/0/Bearer").isArray());
        for (JsonNode path : document.get("paths")) {
            assertTrue(path.at("/get/security/0/Bearer").isArray());
        }
    }

    private JsonNode operation(String path) {
        return document.get("paths").get(path).get("get");
    }

    private List<String> parameters(String path) {
        return operation(path).get("parameters").findValuesAsText("name");
    }

    private JsonNode parameter(String path, String name) {
        for (JsonNode parameter : operation(path).get("parameters")) {
            if (parameter.path("name").asText().equals(name)) {
                return parameter;
            }
        }
        throw new AssertionError("No parameter " + name);
    }
}
