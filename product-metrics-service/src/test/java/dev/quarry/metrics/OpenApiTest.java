package dev.quarry.metrics;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import dev.quarry.testing.DocumentTests;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class OpenApiTest extends DocumentTests {
    @Test
    void describesParametersAndBothSecuritySchemes() {
        document()
                .body("openapi", equalTo("3.1.0"))
                .body("components.securitySchemes.ApiKey.name", equalTo("x-api-key"))
                .body("components.schemas", hasKey("TimeSeriesResponse"))
                .body("components.schemas", not(hasKey("HTTPValidationError")))
                .body("paths.'/v1/metrics/dau'.get.tags", contains("Metrics"))
                .body("paths.'/v1/metrics/dau'.get.security[0]", hasKey("ApiKey"))
                .body("paths.'/v1/metrics/dau'.get.security[1]", hasKey("SessionToken"))
                .body("paths.'/v1/metrics/dau'.get.security[1]", hasKey("OrganizationId"))
                .body("paths.'/v1/metrics/dau'.get.responses.'200'.headers", hasKey("X-Data-Since"))
                .body("paths.'/v1/metrics/dau'.get.responses.'200'.headers", hasKey("X-Data-As-Of"))
                .body("paths.'/v1/metrics/dau'.get.responses.'200'.content", hasKey("application/json"))
                .body("paths.'/v1/metrics/dau'.get.operationId", equalTo("getDau"))
                .body(
                        "paths.'/v1/metrics/dau'.get.parameters.name",
                        contains(
                                "from",
                                "to",
                                "limit",
                                "tz",
                                "locale",
                                "country",
                                "client",
                                "device",
                                "platform",
                                "version",
                                "by",
                                "groups",
                                "compare",
                                "If-None-Match"))
                .body("paths.'/v1/metrics/dau'.get.parameters[2].schema.minimum", equalTo(1))
                .body("paths.'/v1/metrics/dau'.get.parameters[2].schema.maximum", equalTo(1_000))
                .body("paths.'/v1/metrics/dau'.get.parameters[2].schema.default", equalTo(90));
    }

    @Test
    void describesTheParametersOfSingleEndpoints() {
        document()
                .body("paths.'/v1/metrics/new-users'.get.parameters[4].schema.enum", contains("day", "week", "month"))
                .body("paths.'/v1/metrics/new-users'.get.parameters[4].schema.default", equalTo("day"))
                .body("paths.'/v1/metrics/power-users'.get.parameters[4].schema.maximum", equalTo(1_000_000))
                .body(
                        "paths.'/v1/metrics/retention'.get.parameters.name",
                        contains(
                                "from",
                                "to",
                                "limit",
                                "tz",
                                "days",
                                "mode",
                                "unit",
                                "week_start",
                                "locale",
                                "country",
                                "client",
                                "device",
                                "platform",
                                "version",
                                "by",
                                "groups",
                                "compare",
                                "If-None-Match"))
                .body("paths.'/v1/metrics/users-by'.get.parameters[0].required", equalTo(true))
                .body("paths.'/v1/metrics/users-by'.get.responses.'200'.headers", hasKey("X-Groups-Omitted"))
                .body(
                        "paths.'/v1/metrics/feature-adoption'.get.parameters.name",
                        contains("from", "to", "limit", "tz", "If-None-Match"))
                .body("paths.'/v1/metrics/feature-adoption'.get.parameters[2].schema.default", equalTo(1_000));
    }

    @Test
    void showsFailuresAsTheyAre() {
        String failures = "paths.'/v1/metrics/dau'.get.responses";
        document()
                .body(
                        failures + ".'400'.content.'application/json'.examples.invalid.value.message",
                        equalTo("limit: Input should be greater than or equal to 1"))
                .body(failures + ".'429'.content.'application/json'.examples.rateLimited.value.retryAfter", equalTo(42))
                .body(failures + ".'503'.headers", hasKey("Retry-After"))
                .body(failures, not(hasKey("404")));
    }

    private static ValidatableResponse document() {
        return given().queryParam("format", "json").get("/q/openapi").then().statusCode(200);
    }
}
