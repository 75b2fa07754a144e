package dev.quarry.clickhouse;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestEngine;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kills the engine under a running service. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class OutageTest {
    /** Far beyond what it takes, so that a busy machine does not fail the test; a request that hangs does. */
    private static final Duration NO_HANG = Duration.ofSeconds(20);

    private static final Duration BACK_AGAIN = Duration.ofSeconds(20);

    @BeforeEach
    void onlyAnEngineOfOurOwnMayBeKilled() {
        assumeTrue(TestEngine.isOurs());
    }

    @AfterEach
    void bringTheEngineBack() {
        if (TestEngine.isOurs()) {
            TestEngine.restart();
        }
    }

    @Test
    void requestsFailCleanlyAndRecoverByThemselves() throws Exception {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        Callable<Response> request = () -> caller.withApiKey().get("/probe/events");
        assertEquals(200, request.call().statusCode());
        given().get("/q/health/ready").then().statusCode(200);

        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Response>> underWay = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                underWay.add(clients.submit(request));
            }
            TestEngine.kill();
            for (Future<Response> answer : underWay) {
                int status = answer.get(NO_HANG.toSeconds(), TimeUnit.SECONDS).statusCode();
                assertTrue(status == 200 || status == 503, "status " + status);
            }
        }
        given().header("x-api-key", caller.key())
                .get("/probe/events")
                .then()
                .statusCode(503)
                .header("Retry-After", "1")
                .body("kind", equalTo("Unreachable"));
        given().get("/q/health/ready").then().statusCode(200);
        given().get("/q/health/live").then().statusCode(200);
        given().get("/q/health")
                .then()
                .statusCode(503)
                .body("checks.find { it.name == 'ClickHouse' && it.status == 'DOWN' }", notNullValue());
        Scrape metrics = Scrape.now();
        assertTrue(metrics.sum("quarry_engine_query_seconds_count", "outcome", "unreachable") > 0);
        assertTrue(metrics.sum("ft_circuitbreaker_calls_total", "circuitBreakerResult", "failure") > 0);
        assertTrue(metrics.sum("ft_retry_retries_total", "method", "clickhouse") > 0);

        TestEngine.restart();

        await().atMost(BACK_AGAIN).until(() -> request.call().statusCode() == 200);
        given().get("/q/health").then().statusCode(200);
    }
}
