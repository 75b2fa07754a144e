package dev.quarry.metrics;

import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Contract;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an operator can set: the rate limit, and the status that the document states for bad parameters. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@TestProfile(LimitsTest.AsDocumented.class)
class LimitsTest {
    private static final Contract CONTRACT = Contract.ofResource("/contract.json");

    public static class AsDocumented implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarry.rate-limit.requests", "200", "quarry.metrics.validation-status", "500");
        }
    }

    @Test
    void request201IsRefused() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        for (int request = 0; request < 200; request++) {
            caller.withApiKey()
                    .get("/v1/metrics/users-by?dimension=none")
                    .then()
                    .header("RateLimit-Policy", equalTo("\"default\";q=200;w=60"));
        }
        CONTRACT.check(
                "Error",
                caller.withApiKey()
                        .get("/v1/metrics/dau")
                        .then()
                        .statusCode(429)
                        .body("statusCode", equalTo(429))
                        .body("error", equalTo("Too Many Requests"))
                        .body("retryAfter", allOf(greaterThanOrEqualTo(1), lessThanOrEqualTo(60)))
                        .extract()
                        .asString());
    }

    @Test
    void invalidParametersAnswer500IfConfigured() {
        TestCaller.create(Permissions.METRICS_READ)
                .withApiKey()
                .get("/v1/metrics/dau?limit=0")
                .then()
                .statusCode(500)
                .body("statusCode", equalTo(500))
                .body("error", equalTo("Internal Server Error"));
    }
}
