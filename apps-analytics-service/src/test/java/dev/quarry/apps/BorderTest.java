package dev.quarry.apps;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.quarry.rollup.RollupJob;
import dev.quarry.schema.Retention;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import dev.quarry.testing.TestRetention;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An error, an event and a log entry of every day at noon; it is the 20th, and later in the day. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class BorderTest {
    @Inject
    TestClock clock;

    @Inject
    RollupJob refiner;

    private TestApp app;

    @BeforeEach
    void anAppOfFortyDays() {
        Instant now = Instant.parse("2026-02-20T18:00:00Z");
        clock.setTo(now);
        app = TestApp.create();
        send("canvas_errors", Map.of("error_type", "Error", "error_message", "It broke"));
        send("canvas_app_events", Map.of("event_type", "page_view"));
        send("canvas_app_logs", Map.of("level", "info", "message", "It works"));
    }

    private void send(String table, Map<String, Object> fields) {
        Instant noon = Instant.parse("2026-02-20T12:00:00Z");
        app.send(
                table,
                IntStream.range(0, 40)
                        .mapToObj(day -> app.row(noon.minusSeconds(day * 86_400L), fields))
                        .toList());
    }

    @AfterEach
    void keepEverything() {
        TestRetention.reset();
        clock.reset();
    }

    /** The default retention is enough for the longest window. */
    @Test
    void standardRetentionCoversTheLongestWindow() {
        TestRetention.set(Retention.standard());
        refiner.run();
        overview(720)
                .header("X-Data-Since", "2026-01-21")
                .body("total_errors", equalTo(30))
                .body("total_events", equalTo(30));
    }

    @Test
    void overviewCountsOnlyRetainedEvents() {
        TestRetention.set(new Retention(400, 5, 90));
        refiner.run();
        assertSixDays();
        TestRetention.set(new Retention(400, 30, 3));
        overview(720)
                .header("X-Data-Since", "2026-02-18")
                .body("total_errors", equalTo(3))
                .body("recent_errors", hasSize(3))
                .body("total_events", equalTo(3));
    }

    @Test
    void logShowsOnlyRetainedEntries() {
        TestRetention.set(new Retention(400, 3, 90));
        app.request()
                .queryParam("hours", 168)
                .get("/v1/apps/{app}/logs")
                .then()
                .statusCode(200)
                .header("X-Data-Since", "2026-02-18")
                .body("entries", hasSize(3));
    }

    /** Events are kept for a day more than logs. */
    private void assertSixDays() {
        overview(720)
                .header("X-Data-Since", "2026-02-15")
                .body("total_errors", equalTo(6))
                .body("recent_errors", hasSize(6))
                .body("total_events", equalTo(6));
    }

    private ValidatableResponse overview(int hours) {
        return app.request()
                .queryParam("hours", hours)
                .get("/v1/apps/{app}/analytics")
                .then()
                .statusCode(200);
    }
}
