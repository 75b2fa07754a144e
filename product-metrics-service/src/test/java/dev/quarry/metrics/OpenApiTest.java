package dev.quarry.metrics;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;

import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class OpenApiTest {
    @Test
    void describesParametersAndBothSecuritySchemes() {
        given().queryParam("format", "json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .body("openapi", equalTo("3.1.0"))
                .body("components.securitySchemes", hasKey("ApiKey"))
                .body("components.securitySchemes", hasKey("SessionToken"))
                .body("components.parameters.limit.schema.maximum", equalTo(1_000))
                .body("components.schemas", hasKey("TimeSeriesResponse"))
                .body("paths.'/v1/metrics/dau'.get.responses.'200'.headers", hasKey("X-Data-Since"))
                .body("paths.'/v1/metrics/dau'.get.responses.'200'.headers", hasKey("X-Data-As-Of"))
                .body("paths.'/v1/metrics/dau'.get.responses.'200'.content", hasKey("application/json"))
                .body("paths.'/v1/metrics/dau'.get.operationId", equalTo("getDau"))
                .body(
                        "paths.'/v1/metrics/dau'.get.parameters.'$ref'",
                        hasItems("#/components/parameters/from", "#/components/parameters/tz"));
    }
}
