package dev.quarry.metrics.gold;

import static org.hamcrest.Matchers.equalTo;

import dev.quarry.caller.Permissions;
import dev.quarry.metrics.Events;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.TestCaller;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** A new organisation for each test, its tool calls, and what its metrics must be. */
abstract class GoldFixture {
    static final String WINDOW = "?from=2026-03-01&to=2026-03-03";

    @Inject
    RollupJob job;

    TestCaller caller;

    @BeforeEach
    void anOrganisation() {
        caller = TestCaller.create(Permissions.METRICS_READ);
    }

    final void event(String id, String time, String user, String session) {
        Events.of(caller).toolCall(id, time, user).with("session_id", session).deliver();
    }

    /** Delivers a tool call of a user in a country. */
    final void eventIn(String country, String day, String user) {
        Events.of(caller)
                .toolCall(day, day + " 10:00:00.000", user)
                .with("country", country)
                .deliver();
    }

    /** Expects these values of the days of {@link #WINDOW}. */
    final void expect(String metric, List<?> values) {
        expectIn(metric, WINDOW, values);
    }

    /** @param day as ISO 8601 */
    final void expectOn(String metric, Object day, Object value) {
        expectIn(metric, "?from=%1$s&to=%1$s".formatted(day), List.of(value));
    }

    private void expectIn(String metric, String window, List<?> values) {
        caller.withApiKey()
                .get("/v1/metrics/" + metric + window)
                .then()
                .statusCode(200)
                .body("data.value", equalTo(values));
    }

    /** Expects one user, whose country this is. */
    final void expectCountry(String country) {
        caller.withApiKey()
                .get("/v1/metrics/users-by?dimension=country")
                .then()
                .statusCode(200)
                .body("data.key", equalTo(List.of(country)))
                .body("data.count", equalTo(List.of(1)));
    }
}
