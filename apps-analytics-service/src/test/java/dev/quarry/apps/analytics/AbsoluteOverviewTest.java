package dev.quarry.apps.analytics;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.apps.analytics.Overview.Event;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Overviews of windows with a start and an end. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class AbsoluteOverviewTest extends OverviewFixture {
    private static final List<Duration> LENGTHS = List.of(
            Duration.ofMillis(1),
            Duration.ofMinutes(5),
            Duration.ofHours(6),
            Duration.ofHours(6).plusMillis(1),
            Duration.ofHours(48),
            Duration.ofHours(168),
            Duration.ofHours(720));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void overviewEqualsARecomputation(long seed) {
        Random random = new Random(seed);
        List<Event> delivered = Events.random(random, NOW, 2_000);
        Events.send(app, delivered);
        Rollups.run();
        for (int i = 0; i < 15; i++) {
            Duration length = i < LENGTHS.size()
                    ? LENGTHS.get(i)
                    : Duration.ofMillis((long) (1 + Math.pow(random.nextDouble(), 3) * (720 * 3_600_000L - 1)));
            // Events are dense near now; some windows end in the future.
            Instant end = NOW.minusMillis((long) (Math.pow(random.nextDouble(), 4) * 300 * 3_600_000) - 1_800_000);
            Instant start = end.minus(length);
            ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
            assertOverview(delivered, start, end, zone, random);
        }
    }

    private void assertOverview(List<Event> delivered, Instant start, Instant end, ZoneId zone, Random random) {
        Map<String, String> query =
                Map.of("start", written(start, zone, random), "end", written(end, zone, random), "tz", zone.getId());
        long millis = Duration.between(start, end).toMillis();
        int hours = (int) ((millis + 3_599_999) / 3_600_000);
        JsonPath told = get(query).extract().jsonPath(DOUBLES);
        Overview expected = Overview.of(delivered, start, end, hours, zone);
        assertEquals(expected, Overview.in(told), query::toString);
        assertEquals(hours, told.getInt("period_hours"), query::toString);
        assertEquals(
                expected.totalErrors() / (millis / 60_000.0), told.getDouble("error_rate_per_minute"), query::toString);
        assertEquals(start, Instant.parse(told.getString("start")), query::toString);
        assertEquals(end, Instant.parse(told.getString("end")), query::toString);
    }

    /** In one of the forms that stand for the moment. */
    private static String written(Instant moment, ZoneId zone, Random random) {
        LocalDateTime local = moment.atZone(zone).toLocalDateTime();
        boolean isShownOnce = zone.getRules().getValidOffsets(local).size() == 1;
        return switch (random.nextInt(isShownOnce ? 4 : 3)) {
            case 0 -> moment.toString();
            case 1 -> moment.atOffset(ZoneOffset.ofHoursMinutes(5, 45)).toString();
            case 2 -> Long.toString(moment.toEpochMilli());
            default -> local.toString();
        };
    }

    /** Events at both ends of the window, and a millisecond beside them. */
    @Test
    void startIsInsideAndEndIsNot() {
        List<Event> delivered = new ArrayList<>();
        Instant start = Instant.parse("2026-04-01T10:17:03.007Z");
        Instant end = Instant.parse("2026-04-01T11:05:00Z");
        for (Instant moment : List.of(start, end)) {
            for (int millis = -1; millis <= 1; millis++) {
                for (Overview.Kind kind : Overview.Kind.values()) {
                    String name = kind == Overview.Kind.VITAL ? "LCP" : "page_view";
                    delivered.add(new Event(kind, UUID.randomUUID(), moment.plusMillis(millis), name, millis + 1));
                }
            }
        }
        Events.send(app, delivered);
        Rollups.run();
        assertOverview(delivered, start, end, ZoneId.of("UTC"), new Random(7));
        get(Map.of("start", start.toString(), "end", end.toString())).body("total_errors", equalTo(3));
    }

    @Test
    void sameWindowInHoursHasTheSameNumbers() {
        Random random = new Random(7);
        Events.send(app, Events.random(random, NOW, 500));
        Rollups.run();
        for (int hours : List.of(1, 6, 7, 48, 49, 168, 169, 720)) {
            String byHours = get(Map.of("hours", hours)).extract().asString();
            String start = NOW.minus(Duration.ofHours(hours)).toString();
            String absolute =
                    get(Map.of("start", start, "end", NOW.toString())).extract().asString();
            String bounds = ",\"start\":\"%s\",\"end\":\"%s\"".formatted(start, NOW);
            assertEquals(byHours, absolute.replace(bounds, ""));
        }
    }

    @Test
    void missingEndIsNowAndMissingStartIsADayBefore() {
        get(Map.of("start", "2026-04-07"))
                .body("start", equalTo("2026-04-07T00:00:00.000Z"))
                .body("end", equalTo("2026-04-07T13:37:42.123Z"))
                .body("period_hours", equalTo(14));
        get(Map.of("end", "2026-04-01T00:00", "tz", "Europe/Berlin"))
                .body("start", equalTo("2026-03-30T22:00:00.000Z"))
                .body("end", equalTo("2026-03-31T22:00:00.000Z"))
                .body("period_hours", equalTo(24));
        get(Map.of()).body("$", not(hasKey("start"))).body("$", not(hasKey("end")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "hours=24&start=2026-04-07|hours|value_error|Input should not be sent together with 'start' or 'end'",
                "end=2026-04-07&hours=1|hours|value_error|Input should not be sent together with 'start' or 'end'",
                "start=2026-04-07&end=2026-04-07|start|value_error|Input should be before 'end'",
                "start=2026-04-08|start|value_error|Input should be before 'end'",
                "start=2026-03-01&end=2026-03-31T00:00:00.001|start|value_error|Input should be at most 720 hours before 'end'",
                "start=1969-12-31T23:59&end=1970-01-01T12:00|start|value_error|Input should be 1970-01-01T00:00:00Z or later",
                "start=2099-12-31&end=2100-01-01T00:00:00.001|end|value_error|Input should be 2100-01-01T00:00:00Z or earlier",
                "start=day-before-yesterday|start|datetime_from_date_parsing|Input should be a valid datetime or date, invalid character in year",
                "end=2026-04-07T25:00|end|datetime_from_date_parsing|Input should be a valid datetime or date, unexpected extra characters at the end of the input",
                "start=|start|datetime_from_date_parsing|Input should be a valid datetime or date, input is too short",
            })
    void refusesAnotherWindow(String query, String parameter, String type, String message) {
        String body = app.request()
                .get("/v1/apps/{app}/analytics?" + query)
                .then()
                .statusCode(422)
                .body("detail.loc", contains(List.of("query", parameter)))
                .body("detail[0].type", equalTo(type))
                .body("detail[0].msg", equalTo(message))
                .extract()
                .asString();
        CONTRACT.check("HTTPValidationError", body);
    }

    @ParameterizedTest
    @CsvSource({
        "1970-01-01T00:00Z, 1970-01-31T00:00Z",
        "2099-12-02T00:00Z, 2100-01-01T00:00Z",
        "2026-03-01T00:00Z, 2026-03-31T00:00Z",
    })
    void longestWindowMayLieAnywhere(String start, String end) {
        for (String compare : List.of("none", "previous", "year")) {
            get(Map.of("start", start, "end", end, "compare", compare)).body("period_hours", equalTo(720));
        }
    }

    private ValidatableResponse get(Map<String, ?> query) {
        return app.request()
                .queryParams(query)
                .get("/v1/apps/{app}/analytics")
                .then()
                .log()
                .ifValidationFails()
                .statusCode(200);
    }
}
