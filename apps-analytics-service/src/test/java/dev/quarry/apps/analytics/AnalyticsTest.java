package dev.quarry.apps.analytics;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.apps.TestApp;
import dev.quarry.apps.analytics.Overview.Event;
import dev.quarry.apps.analytics.Overview.Kind;
import dev.quarry.caller.Permissions;
import dev.quarry.rollup.Freshness;
import dev.quarry.rollup.RollupJob;
import dev.quarry.schema.Eraser;
import dev.quarry.schema.Erasure.OfApp;
import dev.quarry.testing.ClockChange;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class AnalyticsTest extends OverviewFixture {
    private static final String ROUTE = "/v1/apps/{app}/analytics";
    private static final List<Integer> HOURS = List.of(1, 6, 7, 24, 48, 49, 168, 169, 720);

    @Inject
    RollupJob refiner;

    @Inject
    Freshness freshness;

    private final Random random = new Random(720);

    @Test
    void overviewEqualsARecomputationAfterEachRollup() {
        List<Event> delivered = events(3_000);
        send(delivered);
        refiner.run();
        assertOverviews(delivered);

        List<Event> late = events(300);
        late.addAll(delivered.subList(0, 500));
        send(late);
        refiner.run();
        delivered.addAll(late);
        assertOverviews(delivered);
    }

    @Test
    void erasedAppHasNoEvents() {
        List<Event> delivered = events(1_000);
        send(delivered);
        refiner.run();
        assertOverviews(delivered);

        try (Eraser eraser = Stores.eraser(app.caller().organization(), new OfApp(app.id()))) {
            eraser.delete();
            refiner.run();
            assertEquals(0, eraser.rebuilding());
            eraser.finish();
        }
        assertOverviews(List.of());
        for (String table : List.of("app_counts", "app_vital_bins", "app_vital_histograms")) {
            assertEquals(
                    "0\n",
                    Stores.execute("SELECT count() FROM " + table + " WHERE organization_id = '"
                            + app.caller().organization() + "'"));
        }
    }

    /** From 992 to 1,008 all values lie in one bin, so that each percentile's rank is found among the values of many days. */
    @Test
    void percentileRanksAreExactInABinOfManyDays() {
        List<Event> delivered = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Instant timestamp =
                    NOW.minusMillis(1 + random.nextLong(Duration.ofHours(90).toMillis()));
            delivered.add(new Event(Kind.VITAL, randomId(), timestamp, "LCP", 992 + random.nextInt(1_600) / 100.0));
            delivered.add(new Event(Kind.VITAL, randomId(), timestamp, "INP", 992));
        }
        send(delivered);
        refiner.run();
        assertOverviews(delivered);

        List<Event> late = List.of(
                new Event(Kind.VITAL, randomId(), NOW.minus(Duration.ofHours(20)), "LCP", 992.001),
                new Event(Kind.VITAL, randomId(), NOW.minus(Duration.ofHours(20)), "INP", 992.002));
        send(late);
        refiner.run();
        delivered.addAll(late);
        assertOverviews(delivered);
    }

    /** Events at the window's ends and at the ends of the five minutes, hours and days that it touches, and beside them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-04-07T13:37:42.123Z",
                "2026-04-07T13:35:00Z",
                "2026-04-07T00:00:00Z",
                "2026-04-07T00:00:00.001Z"
            })
    void windowIsExactToTheMillisecond(Instant now) {
        clock.setTo(now);
        List<Event> delivered = new ArrayList<>();
        for (Instant end : List.of(now, now.minus(Duration.ofHours(1)), now.minus(Duration.ofHours(24)))) {
            for (Duration length : List.of(Duration.ofMillis(1), Duration.ofMinutes(5), Duration.ofDays(1))) {
                Instant start = Instant.ofEpochMilli(end.toEpochMilli() - end.toEpochMilli() % length.toMillis());
                for (int millis = -1; millis <= 1; millis++) {
                    Instant moment = start.plusMillis(millis);
                    delivered.add(new Event(Kind.ERROR, randomId(), moment, "TypeError", 0));
                    delivered.add(new Event(Kind.EVENT, randomId(), moment, millis == 0 ? "click" : "page_view", 0));
                    delivered.add(new Event(Kind.VITAL, randomId(), moment, "LCP", random.nextInt(1_000)));
                }
            }
        }
        send(delivered);
        refiner.run();
        for (int hours : List.of(1, 24, 25)) {
            assertOverview(delivered, now, hours, ZoneId.of("UTC"));
        }
    }

    @Test
    void answerStaysTheSameWhileHoursAreRebuilt() throws Exception {
        send(events(500));
        refiner.run();
        String expected = get("hours=720").extract().asString();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var rebuilding = executor.submit(() -> {
                for (int i = 0; i < 10; i++) {
                    markEverything();
                    refiner.run();
                }
            });
            while (!rebuilding.isDone()) {
                assertEquals(expected, get("hours=720").extract().asString());
            }
            rebuilding.get();
        }
    }

    private void markEverything() {
        Stores.execute("INSERT INTO app_marks (organization_id, bucket)"
                + " SELECT DISTINCT organization_id, toStartOfHour(bucket) FROM app_counts"
                + " WHERE organization_id = '" + app.caller().organization() + "'");
    }

    /** Each sample is smaller than all before it, so that how many there are says what the median must be. */
    @ParameterizedTest
    @ValueSource(ints = {1, 24, 720})
    void percentilesUseTheCountedSamples(int hours) throws Exception {
        int most = 1_000;
        int sent = Integer.getInteger("quarry.test.samples", 20);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var sending = executor.submit(() -> {
                for (int value = most; value > most - sent; value--) {
                    app.send("canvas_vitals", NOW.minusSeconds(1), Map.of("metric_name", "LCP", "value", value));
                    refiner.run();
                }
            });
            int samples = 0;
            while (samples < sent) {
                boolean last = sending.isDone();
                var answer = get("hours=" + hours).extract().jsonPath(DOUBLES);
                samples = answer.getList("vitals").isEmpty() ? 0 : answer.getInt("vitals[0].sample_count");
                if (samples > 0) {
                    double median = most - samples + (samples + 1) / 2;
                    assertEquals(median, answer.getDouble("vitals[0].p50"), samples + " samples");
                }
                assertTrue(!last || samples == sent, "What was rebuilt is in the next answer");
            }
            sending.get();
        }
    }

    /** Another thread inserts; each answer counts what was acknowledged by the moment that its header states. */
    @Test
    void everyEventAcknowledgedByTheStatedMomentIsCounted() throws Exception {
        Map<Integer, String> acknowledged = new ConcurrentHashMap<>();
        int sent = 40;
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var sending = executor.submit(() -> {
                for (int count = 1; count <= sent; count++) {
                    app.send("canvas_errors", NOW.minusSeconds(count), error("error " + count));
                    acknowledged.put(
                            count, Stores.execute("SELECT now64(3, 'UTC')").strip());
                }
            });
            long counted = 0;
            while (counted < sent) {
                refiner.run();
                freshness.read();
                var answer = get("hours=24");
                counted = answer.extract().jsonPath().getLong("total_errors");
                String asOf = answer.extract()
                        .header(Freshness.HEADER)
                        .replace('T', ' ')
                        .replace("Z", "");
                long due = acknowledged.values().stream()
                        .filter(moment -> moment.compareTo(asOf) < 0)
                        .count();
                assertTrue(counted >= due, counted + " errors are counted, not the " + due + " before " + asOf);
            }
            sending.get();
        }
    }

    @Test
    void eventsAreCountedAfterTheNextPass() {
        app.send("canvas_errors", NOW.minusSeconds(1), error("new"));
        app.send("canvas_errors", NOW.minus(Duration.ofHours(3)), error("late"));
        get("").body("total_errors", equalTo(0));

        refiner.run();

        get("").body("total_errors", equalTo(2));
    }

    @Test
    void readsCountsAndVitalsFromGold() {
        send(events(500));
        refiner.run();
        String before = get("hours=720").extract().asString();
        delete("canvas_vitals", "true");
        delete("canvas_app_events", "true");

        assertEquals(before, get("hours=720").extract().asString());
    }

    /** This test's rows alone. */
    private void delete(String table, String condition) {
        Stores.execute("ALTER TABLE " + table + " DELETE WHERE organization_id = '"
                + app.caller().organization() + "' AND " + condition + " SETTINGS mutations_sync = 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 30})
    void rollupCountsZeroAfterEventsAreDeletedFromBronze(int hoursAgo) {
        Instant then = NOW.minus(Duration.ofHours(hoursAgo));
        app.send("canvas_errors", then, error("once"));
        app.send("canvas_app_events", then, Map.of("event_type", "click"));
        app.send("canvas_vitals", then, Map.of("metric_name", "LCP", "value", 1));
        refiner.run();
        get("hours=48").body("total_errors", equalTo(1)).body("vitals", hasSize(1));
        for (String table : List.of("canvas_errors", "canvas_app_events", "canvas_vitals")) {
            delete(table, "true");
        }
        markEverything();
        refiner.run();

        get("hours=48")
                .body("total_errors", equalTo(0))
                .body("total_events", equalTo(0))
                .body("vitals", empty());
    }

    @Test
    void appWithoutEventsHasZeros() {
        get("hours=24")
                .body("app_id", equalTo("app_web"))
                .body("period_hours", equalTo(24))
                .body("total_errors", equalTo(0))
                .body("error_rate_per_minute", equalTo(0.0f))
                .body("errors_over_time", hasSize(25))
                .body("errors_over_time.count", everyItem(equalTo(0)))
                .body("errors_over_time[0].timestamp", equalTo("2026-04-06T13:00:00Z"))
                .body("errors_over_time[24].timestamp", equalTo("2026-04-07T13:00:00Z"))
                .body("vitals", empty())
                .body("recent_errors", empty())
                .body("total_events", equalTo(0))
                .body("total_pageviews", equalTo(0));
        assertEquals(get("hours=24").extract().asString(), get("").extract().asString());
    }

    @Test
    void recentErrorsKeepEveryCharacter() {
        String message = "tab\t quote\" backslash\\ nul\0 \u2028 ünïcödé 漢字 \uD83D\uDE80 <script>";
        Map<String, Object> without = new LinkedHashMap<>(error("no url"));
        without.put("url", null);
        Map<String, Object> newest = app.row(
                NOW.minusMillis(1),
                Map.of("error_type", "TypeError", "error_message", message, "url", "/päge?q='%00' OR 1=1"));
        app.send("canvas_errors", List.of(newest, app.row(NOW.minusMillis(2), without)));
        app.send("canvas_errors", List.of(newest));
        refiner.run();

        get("hours=1")
                .body("recent_errors", hasSize(2))
                .body(
                        "recent_errors[0]",
                        equalTo(Map.of(
                                "timestamp", "2026-04-07T13:37:42.122Z",
                                "error_type", "TypeError",
                                "error_message", message,
                                "url", "/päge?q='%00' OR 1=1")))
                .body("recent_errors[1].url", nullValue())
                .body("recent_errors[1].error_message", equalTo("no url"))
                .body("total_errors", equalTo(2))
                .body("error_rate_per_minute", equalTo(2 / 60f));
    }

    /** All of them together would fill the memory of a service. */
    @Test
    void longTextsOfErrorsAreCut() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            rows.add(app.row(
                    NOW.minusSeconds(1 + i),
                    Map.of(
                            "error_type",
                            "T".repeat(8_001),
                            "error_message",
                            "\uD83D\uDE80".repeat(i == 0 ? 8_000 : 250_000),
                            "url",
                            "u".repeat(8_001))));
        }
        app.send("canvas_errors", rows);

        get("hours=1")
                .body("recent_errors", hasSize(20))
                .body("recent_errors.error_message", everyItem(equalTo("\uD83D\uDE80".repeat(8_000))))
                .body("recent_errors.error_type", everyItem(equalTo("T".repeat(8_000))))
                .body("recent_errors.url", everyItem(equalTo("u".repeat(8_000))));
    }

    @Test
    void recentErrorsAreTheTwentyNewest() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            rows.add(app.row(NOW.minusSeconds(1 + i / 3), error("error " + i)));
        }
        app.send("canvas_errors", rows);
        app.send("canvas_errors", rows);
        app.send("canvas_errors", rows);
        refiner.run();

        get("").body("recent_errors", hasSize(20)).body("total_errors", equalTo(60));
    }

    @Test
    void recentErrorHasTheNewestDelivery() {
        Map<String, Object> row = app.row(NOW.minusSeconds(1), error("first"));
        Stores.execute("SYSTEM STOP MERGES");
        try {
            for (String message : List.of("first", "second", "last")) {
                row.put("error_message", message);
                app.send("canvas_errors", List.of(row));
            }
            get("").body("recent_errors.error_message", contains("last"));
        } finally {
            Stores.execute("SYSTEM START MERGES");
        }
    }

    /** Each delivery is a part of its own, as before the engine merges parts. */
    @Test
    void redeliveredErrorsAreListedOnce() {
        Stores.execute("SYSTEM STOP MERGES");
        try {
            for (int delivery = 0; delivery < 12; delivery++) {
                sendErrors(IntStream.range(100, 125));
            }
            assertEquals(
                    "300",
                    Stores.execute("SELECT count() FROM canvas_errors WHERE organization_id = '"
                                    + app.caller().organization() + "'")
                            .strip());
            assertNewestErrors(IntStream.range(100, 120));
            assertNewestErrors(IntStream.range(100, 120));
        } finally {
            Stores.execute("SYSTEM START MERGES");
        }
    }

    @Test
    void recentErrorsFollowInsertsAndDeletes() {
        sendErrors(IntStream.range(100, 125));
        assertNewestErrors(IntStream.range(100, 120));

        sendErrors(IntStream.range(118, 122));
        sendErrors(IntStream.range(200, 210));
        assertNewestErrors(IntStream.range(100, 120));

        sendErrors(IntStream.range(50, 60));
        assertNewestErrors(IntStream.concat(IntStream.range(50, 60), IntStream.range(100, 110)));

        deleteErrorsYoungerThan(115);
        assertNewestErrors(IntStream.concat(IntStream.range(115, 125), IntStream.range(200, 210)));

        deleteErrorsYoungerThan(120);
        assertNewestErrors(IntStream.concat(IntStream.range(120, 125), IntStream.range(200, 210)));
    }

    private void deleteErrorsYoungerThan(int seconds) {
        delete("canvas_errors", "error_message < '" + message(seconds) + "'");
    }

    private static String message(int seconds) {
        return "error of %03d".formatted(seconds);
    }

    /** The same number is always the same error. */
    private void sendErrors(IntStream secondsAgo) {
        send(secondsAgo
                .mapToObj(seconds ->
                        new Event(Kind.ERROR, new UUID(0, seconds), NOW.minusSeconds(seconds), message(seconds), 0))
                .toList());
    }

    private void assertNewestErrors(IntStream secondsAgo) {
        get("hours=24")
                .body(
                        "recent_errors.error_message",
                        equalTo(secondsAgo.mapToObj(AnalyticsTest::message).toList()));
    }

    @Test
    void largestNumbersDoNotOverflow() {
        for (double value :
                new double[] {Double.MAX_VALUE, Double.MIN_VALUE, 0, -0.0, 1e-300, 9_007_199_254_740_992.0}) {
            app.send("canvas_vitals", NOW.minusSeconds(1), Map.of("metric_name", "odd " + value, "value", value));
        }
        app.send("canvas_vitals", NOW.minusSeconds(1), Map.of("metric_name", "it's \\ \"odd\"", "value", 1));
        app.send("canvas_vitals", NOW.minusSeconds(1), Map.of("metric_name", "it's \\ \"odd\"", "value", 1.001));
        refiner.run();

        get("").body("vitals", hasSize(7))
                .body("vitals.find { it.metric_name == 'it\\'s \\\\ \"odd\"' }.p95", equalTo(1.001f));
    }

    /** The JDK's zone data may be newer than the engine's, which therefore is never asked about zones. */
    @Test
    void acceptsEveryTimeZoneOfTheJdk() {
        app.send("canvas_errors", NOW.minus(Duration.ofHours(30)), error("somewhere"));
        refiner.run();

        ClockChange.distinctZones()
                .forEach(zone -> get("hours=48&tz=" + zone).body("errors_over_time.count.sum()", equalTo(1)));
    }

    @Test
    void bucketsFollowEveryKindOfClockChange() {
        List<Event> delivered = new ArrayList<>();
        for (ClockChange change : ClockChange.sample()) {
            change.moments()
                    .forEach(moment -> delivered.add(new Event(Kind.ERROR, randomId(), moment, "TypeError", 0)));
        }
        send(delivered);
        refiner.run();

        for (ClockChange change : ClockChange.sample()) {
            for (int hours : List.of(6, 48, 168, 720)) {
                clock.setTo(change.instant().plus(Duration.ofMinutes(31L * hours)));
                assertOverview(delivered, clock.instant(), hours, change.zone());
            }
        }
        Stores.empty();
    }

    @Test
    void vitalsHaveRatingsOnRequest() {
        app.send("canvas_vitals", NOW.minusSeconds(1), Map.of("metric_name", "INP", "value", 500));
        app.send("canvas_vitals", NOW.minusSeconds(1), Map.of("metric_name", "TTI", "value", 500));
        refiner.run();

        get("").body("vitals[0]", not(hasKey("rating")));
        app.request()
                .get(ROUTE + "?ratings=true")
                .then()
                .statusCode(200)
                .body("vitals[0].rating", equalTo("needs-improvement"))
                .body("vitals[1]", not(hasKey("rating")));
    }

    @ParameterizedTest
    @CsvSource({
        "hours=0,         hours,   greater_than_equal, Input should be greater than or equal to 1",
        "hours=721,       hours,   less_than_equal,    Input should be less than or equal to 720",
        "hours=1.5,       hours,   int_parsing,        'Input should be a valid integer, unable to parse string as an integer'",
        "tz=Mars/Olympus, tz,      zoneinfo_str,       'invalid timezone: Mars/Olympus'",
        "ratings=perhaps, ratings, bool_parsing,       'Input should be a valid boolean, unable to interpret input'",
    })
    void refusesWhatIsNotDocumented(String query, String parameter, String type, String message) {
        String body = app.request()
                .get(ROUTE + "?" + query)
                .then()
                .statusCode(422)
                .body("detail[0].loc", contains("query", parameter))
                .body("detail[0].type", equalTo(type))
                .body("detail[0].msg", equalTo(message))
                .extract()
                .asString();
        CONTRACT.check("HTTPValidationError", body);
    }

    @Test
    void appOfAnotherOrganisationIsNotFoundAndItsEventsAreNotCounted() {
        TestApp theirs = TestApp.create();
        theirs.send("canvas_errors", NOW.minusSeconds(1), error("theirs"));
        theirs.send("canvas_vitals", NOW.minusSeconds(1), Map.of("metric_name", "LCP", "value", 1));
        theirs.send("canvas_app_events", NOW.minusSeconds(1), Map.of("event_type", "page_view"));
        theirs.send("canvas_errors", NOW.minus(Duration.ofHours(9)), error("theirs"));
        refiner.run();

        theirs.request()
                .get(ROUTE)
                .then()
                .statusCode(200)
                .body("total_errors", equalTo(2))
                .body("vitals", hasSize(1))
                .body("total_events", equalTo(1));
        get("").body("total_errors", equalTo(0)).body("vitals", empty()).body("total_events", equalTo(0));
        TestApp secret = TestApp.create(theirs.caller(), "app_secret");
        String body = app.caller()
                .withBearer()
                .get(ROUTE, secret.id())
                .then()
                .statusCode(404)
                .body("error.type", equalTo("NotFoundError"))
                .extract()
                .asString();
        CONTRACT.check("ErrorResponse", body);
    }

    @Test
    void requiresAKeyWithThePermission() {
        CONTRACT.check(
                "ErrorResponse",
                RestAssured.given()
                        .get(ROUTE, "app_web")
                        .then()
                        .statusCode(401)
                        .extract()
                        .asString());
        TestApp unread = TestApp.create(TestCaller.create(Permissions.METRICS_READ), "app_web");
        CONTRACT.check(
                "ErrorResponse",
                unread.request().get(ROUTE).then().statusCode(403).extract().asString());
    }

    private void assertOverviews(List<Event> delivered) {
        for (int hours : HOURS) {
            String zone = ZONES.get(random.nextInt(ZONES.size()));
            assertOverview(delivered, NOW, hours, ZoneId.of(zone));
        }
    }

    private void assertOverview(List<Event> delivered, Instant now, int hours, ZoneId zone) {
        Overview expected = Overview.of(delivered, now, hours, zone);
        var answer = get("hours=" + hours + "&tz=" + zone).extract().jsonPath(DOUBLES);

        assertEquals(expected, Overview.in(answer), () -> hours + " hours until " + now + " in " + zone);
    }

    private ValidatableResponse get(String query) {
        ValidatableResponse response = app.request()
                .get(ROUTE + (query.isEmpty() ? "" : "?" + query))
                .then()
                .statusCode(200);
        CONTRACT.check("AppAnalyticsResponse", response.extract().asString());
        return response;
    }

    private List<Event> events(int count) {
        return Events.random(random, NOW, count);
    }

    private UUID randomId() {
        return Events.id(random);
    }

    private void send(List<Event> events) {
        Events.send(app, events);
    }

    private static Map<String, Object> error(String message) {
        return Events.error(message);
    }
}
