package dev.quarry.apps.analytics;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.apps.TestApp;
import dev.quarry.apps.analytics.Overview.Event;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Overviews beside those of an earlier window. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class ComparedOverviewTest extends OverviewFixture {

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void comparisonEqualsARecomputation(long seed) {
        Random random = new Random(seed);
        List<Event> delivered = Events.random(random, NOW, 1_500);
        delivered.addAll(Events.random(random, NOW.minus(Duration.ofHours(24)), 1_000));
        delivered.addAll(Events.random(random, NOW.minus(Duration.ofDays(30)), 1_000));
        delivered.addAll(Events.random(random, Instant.parse("2025-04-07T13:37:42.123Z"), 1_000));
        Events.send(app, delivered);
        Rollups.run();
        for (int hours : List.of(1, 6, 24, 48, 49, 168, 169, 720)) {
            ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
            Instant start = NOW.minus(Duration.ofHours(hours));
            String query = "hours=" + hours + "&tz=" + zone;
            assertCompared(
                    delivered, query + "&compare=previous", start.minus(Duration.ofHours(hours)), start, hours, zone);
            Instant yearBefore = start.atZone(zone).minusYears(1).toInstant();
            assertCompared(
                    delivered,
                    query + "&compare=year",
                    yearBefore,
                    yearBefore.plus(Duration.ofHours(hours)),
                    hours,
                    zone);
        }
    }

    /** Berlin put its clocks ahead on 29 March 2026 and on 30 March 2025. */
    @ParameterizedTest
    @CsvSource({
        "2026-03-30, 2026-04-06, previous, 2026-03-23, 2026-03-30",
        "2026-03-26, 2026-04-02, previous, 2026-03-19, 2026-03-26",
        "2026-03-30, 2026-04-06, year,     2025-03-30, 2025-04-06",
        "2026-03-29, 2026-03-30, year,     2025-03-29, 2025-03-30",
        "2025-10-26, 2025-10-27, previous, 2025-10-25, 2025-10-26",
        "2024-02-29, 2024-03-01, year,     2023-02-28, 2023-03-01",
    })
    void wholeDaysAreComparedWithWholeDays(
            LocalDate from, LocalDate until, String compare, LocalDate earlierFrom, LocalDate earlierUntil) {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        Instant earlierStart = earlierFrom.atStartOfDay(berlin).toInstant();
        Instant earlierEnd = earlierUntil.atStartOfDay(berlin).toInstant();
        Random random = new Random(7);
        List<Event> delivered = Events.random(random, earlierEnd, 300);
        delivered.addAll(Events.random(random, until.atStartOfDay(berlin).toInstant(), 300));
        Events.send(app, delivered);
        Rollups.run();
        JsonPath told = get("tz=Europe/Berlin&start=%s&end=%s&compare=%s".formatted(from, until, compare))
                .extract()
                .jsonPath(DOUBLES);
        int hours = told.getInt("period_hours");
        assertComparison(
                told, Overview.of(delivered, earlierStart, earlierEnd, hours, berlin), earlierStart, earlierEnd);
    }

    private void assertCompared(
            List<Event> delivered, String query, Instant start, Instant end, int hours, ZoneId zone) {
        JsonPath told = get(query).extract().jsonPath(DOUBLES);
        assertComparison(told, Overview.of(delivered, start, end, hours, zone), start, end);
    }

    private static void assertComparison(JsonPath told, Overview earlier, Instant start, Instant end) {
        assertEquals(start, Instant.parse(told.getString("comparison.start")));
        assertEquals(end, Instant.parse(told.getString("comparison.end")));
        assertTotal(told, "total_errors", earlier.totalErrors());
        assertTotal(told, "total_events", earlier.totalEvents());
        assertTotal(told, "total_pageviews", earlier.totalPageviews());

        List<String> timestamps = new ArrayList<>(earlier.errorsOverTime().keySet());
        List<Integer> counts = told.getList("errors_over_time.count", Integer.class);
        List<List<Object>> expected = new ArrayList<>();
        for (int place = 0; place < counts.size(); place++) {
            if (place < timestamps.size()) {
                int count = Math.toIntExact(earlier.errorsOverTime().get(timestamps.get(place)));
                expected.add(Arrays.asList(timestamps.get(place), count, change(counts.get(place), count)));
            } else {
                expected.add(Arrays.asList(null, null, null));
            }
        }
        assertEquals(
                expected,
                told.<Map<String, Object>>getList("comparison.errors_over_time").stream()
                        .map(bucket ->
                                Arrays.asList(bucket.get("timestamp"), bucket.get("count"), bucket.get("change")))
                        .toList());
    }

    private static void assertTotal(JsonPath told, String name, long earlier) {
        assertEquals(earlier, told.getLong("comparison." + name + ".count"), name);
        assertEquals(change(told.getLong(name), earlier), told.<Object>get("comparison." + name + ".change"), name);
    }

    private static Double change(long current, long earlier) {
        return earlier == 0
                ? null
                : (Double) BigDecimal.valueOf(100 * (current - earlier))
                        .divide(BigDecimal.valueOf(earlier), 2, RoundingMode.HALF_UP)
                        .doubleValue();
    }

    @Test
    void csvHasTheComparisonBesideTheSeries() {
        app.send("canvas_errors", NOW.minus(Duration.ofMinutes(10)), Events.error("now"));
        app.send("canvas_errors", NOW.minus(Duration.ofMinutes(70)), Events.error("before"));
        app.send("canvas_errors", NOW.minus(Duration.ofMinutes(71)), Events.error("before"));
        Rollups.run();
        List<String> lines = csv("hours=1&compare=previous").lines().toList();
        assertEquals("timestamp,count,comparison_timestamp,comparison_count,change", lines.getFirst());
        assertEquals(14, lines.size());
        assertEquals("2026-04-07T13:25:00Z,1,2026-04-07T12:25:00Z,2,-50.0", lines.get(11));
        assertEquals("2026-04-07T13:30:00Z,0,2026-04-07T12:30:00Z,0,", lines.get(12));
        assertEquals("timestamp,count", csv("hours=1").lines().findFirst().orElseThrow());
        assertEquals(csv("hours=1&table=recent_errors"), csv("hours=1&table=recent_errors&compare=previous"));
    }

    private String csv(String query) {
        return app.request()
                .accept("text/csv")
                .get("/v1/apps/{app}/analytics?" + query)
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }

    @Test
    void answerWithoutComparisonHasOnlyThePublishedProperties() throws IOException {
        String plain = get("hours=24").extract().asString();
        assertEquals(plain, get("hours=24&compare=none").extract().asString());
        List<String> names = new ArrayList<>();
        new ObjectMapper().readTree(plain).fieldNames().forEachRemaining(names::add);
        assertEquals(
                List.of(
                        "app_id",
                        "period_hours",
                        "total_errors",
                        "error_rate_per_minute",
                        "errors_over_time",
                        "vitals",
                        "recent_errors",
                        "total_events",
                        "total_pageviews"),
                names);
        CONTRACT.check("AppAnalyticsResponse", plain);
    }

    @Test
    void errorsOfAnotherAppAreNotCompared() {
        TestApp theirs = TestApp.create();
        theirs.send("canvas_errors", NOW.minus(Duration.ofMinutes(70)), Events.error("theirs"));
        Rollups.run();
        get("hours=1&compare=previous")
                .body("comparison.total_errors.count", equalTo(0))
                .body("comparison.errors_over_time.count.sum()", equalTo(0));
    }

    @Test
    void refusesAnotherComparison() {
        app.request()
                .get("/v1/apps/{app}/analytics?compare=week")
                .then()
                .statusCode(422)
                .body("detail.loc", contains(List.of("query", "compare")))
                .body("detail[0].msg", equalTo("Input should be 'none', 'previous' or 'year'"));
        get("hours=1").body("$", not(hasKey("comparison")));
    }

    private ValidatableResponse get(String query) {
        return app.request()
                .get("/v1/apps/{app}/analytics?" + query)
                .then()
                .log()
                .ifValidationFails()
                .statusCode(200);
    }
}
