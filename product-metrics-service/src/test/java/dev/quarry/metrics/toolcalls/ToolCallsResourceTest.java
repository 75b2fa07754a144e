package dev.quarry.metrics.toolcalls;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.caller.Permissions;
import dev.quarry.metrics.Events;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class ToolCallsResourceTest {
    private static final String TOOL_CALLS = "/v1/metrics/tool-calls";

    @Inject
    RollupJob job;

    @Test
    void redeliveredCallIsCountedOnce() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        Events.of(caller)
                .toolCall("1", "2026-02-28 10:00:00.000", "anna")
                .toolCall("2", "2026-02-28 10:00:00.000", "anna")
                .add("3", "2026-02-28 11:00:00.000", "anna", "session_start")
                .deliver()
                .deliver();
        job.run();
        Events.of(caller)
                .toolCall("2", "2026-02-28 10:00:00.000", "anna")
                .toolCall("4", "2026-03-01 10:00:00.000", "bert")
                .deliver();
        job.run();

        caller.withApiKey()
                .queryParam("from", "2026-02-27")
                .queryParam("to", "2026-03-01")
                .get(TOOL_CALLS)
                .then()
                .statusCode(200)
                .body("metric", equalTo("tool-calls"))
                .body("data.period", equalTo(List.of("2026-02-27", "2026-02-28", "2026-03-01")))
                .body("data.value", equalTo(List.of(0, 2, 1)));
    }

    @Test
    void callsOfAnotherOrganisationAreNotCounted() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);
        Events.of(caller).toolCall("1", "2026-02-28 10:00:00.000", "anna").deliver();
        Events.of(other)
                .toolCall("2", "2026-02-28 10:00:00.000", "bert")
                .toolCall("3", "2026-02-28 10:00:00.000", "bert")
                .deliver();
        job.run();

        assertEquals(List.of(1), calls(caller));
        assertEquals(List.of(2), calls(other));
    }

    private static List<Integer> calls(TestCaller caller) {
        return caller.withApiKey()
                .queryParam("from", "2026-02-28")
                .queryParam("to", "2026-02-28")
                .get(TOOL_CALLS)
                .then()
                .statusCode(200)
                .extract()
                .path("data.value");
    }

    @Test
    void requestWithoutAKeyIsUnauthorized() {
        given().get(TOOL_CALLS).then().statusCode(401);
    }
}
