package dev.quarry.organizations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The document that we publish says what the published one says. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class OpenApiTest {
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
    void documentHasBoundsAndDefaults() {
        JsonNode hours = parameter(WORKSPACE + "/analytics/executions/hourly", "hours");
        assertEquals(
                "Number of hours (max 168 = 1 week)", hours.get("description").asText());
        assertEquals(24, hours.at("/schema/default").asInt());
        assertEquals(1, hours.at("/schema/minimum").asInt());
        assertEquals(168, hours.at("/schema/maximum").asInt());

        for (String path : List.of("", "/hourly", "/daily")) {
            parameter(WORKSPACE + "/analytics/executions" + path, "tz");
            parameter(WORKSPACE + "/analytics/executions" + path, "include");
        }

        JsonNode days = parameter(WORKSPACE + "/analytics/executions/daily", "days");
        assertEquals("Number of days (max 90)", days.get("description").asText());
        assertEquals(30, days.at("/schema/default").asInt());
        assertEquals(1, days.at("/schema/minimum").asInt());
        assertEquals(90, days.at("/schema/maximum").asInt());
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
            for (String status : List.of("401", "403", "404", "422", "500")) {
                String reference = operation
                        .at("/responses/" + status + "/content/application~1json/schema/$ref")
                        .asText();
                assertTrue(document.at(reference.substring(1)).isObject(), status + " " + reference);
            }
        }
        assertEquals(11, operationIds.size());
    }

    @Test
    void everyOperationRequiresABearerToken() {
        assertEquals(
                "bearer",
                document.at("/components/securitySchemes/Bearer/scheme").asText());
        assertTrue(document.at("/security/0/Bearer").isArray());
    }

    private JsonNode parameter(String path, String name) {
        for (JsonNode parameter : document.get("paths").get(path).at("/get/parameters")) {
            if (parameter.path("name").asText().equals(name)) {
                return parameter;
            }
        }
        throw new AssertionError("No parameter " + name);
    }
}
