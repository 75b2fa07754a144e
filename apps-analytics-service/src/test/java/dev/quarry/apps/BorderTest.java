package dev.quarry.apps;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

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

    @Test
    void absoluteWindowCountsOnlyRetainedEvents() {
        refiner.run();
        TestRetention.set(new Retention(400, 30, 3));
        overview("start=2026-02-16&end=2026-02-19")
                .body("total_errors", equalTo(1))
                .body("errors_over_time.count.sum()", equalTo(1))
                .body("total_events", equalTo(1));
        overview("start=2026-02-01&end=2026-02-10")
                .header("X-Data-Since", "2026-02-18")
                .body("total_errors", equalTo(0))
                .body("errors_over_time", hasSize(9))
                .body("vitals", hasSize(0))
                .body("recent_errors", hasSize(0))
                .body("total_events", equalTo(0));
    }

    @Test
    void comparisonHasNoValueForEventsThatAreNotRetained() {
        refiner.run();
        TestRetention.set(new Retention(400, 30, 3));
        overview("hours=24&compare=previous")
                .body("comparison.total_errors.count", equalTo(1))
                .body("comparison.total_errors.change", equalTo(0.0f))
                .body("comparison.errors_over_time.count", everyItem(notNullValue()));
        overview("hours=48&compare=previous")
                .body("total_errors", equalTo(2))
                .body("comparison.start", equalTo("2026-02-16T18:00:00.000Z"))
                .body("comparison.total_errors.count", nullValue())
                .body("comparison.total_errors.change", nullValue())
                .body("comparison.total_events.count", nullValue())
                .body("comparison.errors_over_time.findAll { it.count == null }", hasSize(30))
                .body("comparison.errors_over_time.find { it.count == 1 }.timestamp", equalTo("2026-02-18T12:00:00Z"));
        overview("hours=24&compare=year")
                .body("comparison.total_errors.count", nullValue())
                .body("comparison.errors_over_time.count", everyItem(nullValue()))
                .body("comparison.errors_over_time.change", everyItem(nullValue()));
    }

    @Test
    void pagesCountOnlyRetainedSamples() {
        send("canvas_vitals", Map.of("metric_name", "LCP", "value", 1, "url", "/"));
        TestRetention.set(new Retention(400, 30, 3));
        overview("hours=720&by=url").body("vitals_by_url.groups.sample_count", contains(3));
        overview("start=2026-02-01&end=2026-02-10&by=url").body("vitals_by_url.groups", hasSize(0));
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
        return overview("hours=" + hours);
    }

    private ValidatableResponse overview(String query) {
        return app.request().get("/v1/apps/{app}/analytics?" + query).then().statusCode(200);
    }
}
