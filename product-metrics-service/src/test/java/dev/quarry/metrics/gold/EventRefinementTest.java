package dev.quarry.metrics.gold;

import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quarry.auth.Permissions;
import dev.quarry.metrics.Events;
import dev.quarry.refining.Refiner;
import dev.quarry.refining.RefiningException;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestEngine;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class EventRefinementTest {
    private static final String WINDOW = "?from=2026-03-01&to=2026-03-03";

    @Inject
    Refiner refiner;

    private TestCaller caller;

    @BeforeEach
    void anOrganisation() {
        caller = TestCaller.create(Permissions.METRICS_READ);
    }

    @AfterEach
    void theEngineRuns() {
        TestEngine.restart();
    }

    @Test
    void aLateEventMakesAUserOlder() {
        Events.of(caller).toolCall("1", "2026-03-03 10:00:00.000", "anna").deliver();
        refiner.refine();
        expect("new-users", List.of(0, 0, 1));

        Events.of(caller).toolCall("2", "2026-03-01 10:00:00.000", "anna").deliver();
        refiner.refine();
        expect("new-users", List.of(1, 0, 0));
    }

    @Test
    void aLateEventJoinsSessionsOverMidnight() {
        Events.of(caller)
                .toolCall("1", "2026-03-01 23:35:00.000", "anna")
                .toolCall("2", "2026-03-02 00:20:00.000", "anna")
                .deliver();
        refiner.refine();
        expect("daily-sessions", List.of(1, 1, 0));
        expect("session-length", List.of(0.0f, 0.0f, 0));

        Events.of(caller).toolCall("3", "2026-03-02 00:00:00.000", "anna").deliver();
        refiner.refine();
        expect("daily-sessions", List.of(1, 0, 0));
        expect("session-length", List.of(2700.0f, 0.0f, 0));
    }

    @Test
    void aLateEventMovesASessionToAnEarlierDay() {
        event("1", "2026-03-03 09:00:00.000", "s");
        refiner.refine();
        expect("daily-sessions", List.of(0, 0, 1));

        event("2", "2026-03-01 09:00:00.000", "s");
        refiner.refine();
        expect("daily-sessions", List.of(1, 0, 0));
    }

    /** The migrations of the tests keep events for fifty years; an event of 1970 is older than that. */
    @Test
    void whatRetentionTookIsStillAFirstUse() {
        Events.of(caller)
                .toolCall("1", "1970-06-01 10:00:00.000", "anna")
                .toolCall("2", "2026-03-02 10:00:00.000", "anna")
                .toolCall("3", "2026-03-02 11:00:00.000", "bert")
                .deliver();
        Stores.execute("OPTIMIZE TABLE events FINAL");
        assertEquals(
                "2\n",
                Stores.execute(
                        "SELECT count() FROM events WHERE organization_id = '%s'".formatted(caller.organization())));
        refiner.refine();

        expect("new-users", List.of(0, 1, 0));
        expect("dau", List.of(0, 2, 0));
    }

    @Test
    void killingTheEngineDuringAPassLosesAndDoublesNothing() {
        assumeTrue(TestEngine.isOurs());
        for (int round = 1; round <= 3; round++) {
            Events events = Events.of(caller);
            for (int user = 0; user < 200; user++) {
                events.toolCall(
                        round + "-" + user, "2026-03-0%d 10:00:00.000".formatted(1 + user % 3), round + "u" + user);
            }
            events.deliver();
            CompletableFuture<Void> pass = CompletableFuture.runAsync(this::refineAsFarAsItGoes);
            TestEngine.kill();
            pass.join();
            TestEngine.restart();
        }
        refiner.refine();

        expect("tool-calls", List.of(201, 201, 198));
        expect("dau", List.of(201, 201, 198));
        expect("new-users", List.of(201, 201, 198));
        assertEquals("600\t600\n", Stores.execute("""
                SELECT count(), uniqExact(number) FROM users FINAL WHERE organization_id = '%s' AND number > 0
                """.formatted(caller.organization())));
    }

    private void refineAsFarAsItGoes() {
        try {
            refiner.refine();
        } catch (RefiningException killed) {
            // That is what the test is about.
        }
    }

    private void event(String id, String time, String session) {
        Stores.insert(
                "events",
                List.of(Map.of(
                        "organization_id",
                        caller.organization(),
                        "event_id",
                        UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8))
                                .toString(),
                        "time",
                        time,
                        "user_id",
                        "anna",
                        "session_id",
                        session,
                        "kind",
                        "tool_call")));
    }

    private void expect(String metric, List<?> values) {
        caller.withApiKey()
                .get("/v1/metrics/" + metric + WINDOW)
                .then()
                .statusCode(200)
                .body("data.value", equalTo(values));
    }
}
