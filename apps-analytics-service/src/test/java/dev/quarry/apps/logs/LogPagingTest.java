package dev.quarry.apps.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.apps.TestApp;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Follows the cursor from page to page. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class LogPagingTest {
    private static final Instant NOW = Instant.parse("2026-02-20T13:00:00Z");
    private static final Pattern NEXT = Pattern.compile("<(\\?[^>]+)>; rel=\"next\"");
    /** {@code quarry.apps.search-rows} in tests. */
    private static final int SEARCH_ROWS = 100;

    @Inject
    TestClock clock;

    @Inject
    LogsQuery logs;

    private final Random random = new Random(20_260_220);
    private TestApp app;

    @BeforeEach
    void anAppAtNoon() {
        clock.setTo(NOW);
        app = TestApp.create();
    }

    @AfterEach
    void clockRuns() {
        clock.reset();
    }

    @ParameterizedTest
    @CsvSource({"7, ''", "100, ''", "1000, ''", "7, error", "33, info"})
    void pagingReturnsEachEntryOnceWhileOthersArrive(int limit, String level) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            rows.add(entry("e" + i, i % 3 == 0 ? "error" : "info"));
        }
        app.send("canvas_app_logs", rows.subList(0, 250));
        app.send("canvas_app_logs", rows.subList(200, 400));
        List<String> wanted = rows.stream()
                .filter(row -> level.isEmpty() || level.equals(row.get("level")))
                .map(row -> (String) row.get("message"))
                .sorted()
                .toList();

        List<String> told = new ArrayList<>();
        String query = "?hours=1&limit=" + limit + (level.isEmpty() ? "" : "&level=" + level);
        for (int page = 0; query != null; page++) {
            Response response = get(query);
            told.addAll(response.path("entries.message"));
            query = next(response);
            if (page < 5) {
                clock.setTo(clock.instant().plusSeconds(60));
                Map<String, Object> newer = app.row(NOW.plusMillis(page), Map.of("level", "error", "message", "new"));
                app.send("canvas_app_logs", List.of(newer, rows.get(random.nextInt(rows.size()))));
            }
        }

        assertEquals(wanted, told.stream().sorted().toList());
    }

    /** A page is read by two statements; the second tells which deliveries are the newest. */
    @ParameterizedTest
    @ValueSource(strings = {"error", "info"})
    void anEntryThatIsDeliveredAgainWhileAPageIsReadIsOnThePage(String level) {
        Map<String, Object> same = entry("same", level);
        Map<String, Object> corrected = entry("corrected", level);
        app.send("canvas_app_logs", List.of(same, corrected));
        Caller caller = new Caller(app.caller().organization(), Set.of(), Mechanism.BEARER, "test");
        LogFilter filter = new LogFilter(app.id(), LogType.RUNTIME, level, "");
        List<LogsQuery.Found> rows = logs.fetch(caller, filter, NOW.minusSeconds(3_600), LogPosition.startOf(NOW), 10);
        corrected.put("level", "warn");
        app.send("canvas_app_logs", List.of(same, corrected));

        List<LogsQuery.Found> compared = logs.compared(caller, filter, rows);

        assertEquals(2, compared.size());
        for (LogsQuery.Found row : compared) {
            assertEquals(
                    row.position().eventId().equals(same.get("event_id")),
                    row.holds(),
                    row.position().toString());
        }
    }

    /** Both deliveries have the same time; the last one counts. */
    @ParameterizedTest
    @ValueSource(strings = {"info", "warn"})
    void anEntryThatItsBatchCorrectsHasOnlyItsNewLevel(String level) {
        Map<String, Object> wrong = entry("corrected", "error");
        Map<String, Object> corrected = new HashMap<>(wrong);
        corrected.put("level", level);
        app.send("canvas_app_logs", List.of(wrong, corrected));

        assertEquals(List.of(level), get("?hours=1").path("entries.level"));
        assertEquals(List.of(level), get("?level=" + level).path("entries.level"));
        assertEquals(List.of(), get("?level=error").path("entries.level"));
    }

    @Test
    void lastPageIsCompleteHoweverLongReadingTakes() {
        app.send(
                "canvas_app_logs",
                List.of(
                        app.row(NOW.minusSeconds(1), Map.of("level", "info", "message", "newest")),
                        app.row(NOW.minus(Duration.ofHours(1)), Map.of("level", "info", "message", "oldest"))));

        Response first = get("?limit=1");
        clock.setTo(NOW.plusSeconds(600));
        Response second = get(next(first));

        assertEquals(List.of("newest"), first.path("entries.message"));
        assertEquals(List.of("oldest"), second.path("entries.message"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&level=info", "&level=error"})
    void findsEntriesThatAreFarApart(String level) {
        List<Duration> ages = List.of(
                Duration.ofMillis(1),
                Duration.ofHours(1).minusMillis(1),
                Duration.ofHours(1),
                Duration.ofHours(1).plusMillis(1),
                Duration.ofHours(13),
                Duration.ofHours(13).plusMillis(1),
                Duration.ofHours(157),
                Duration.ofHours(168));
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Duration age : ages) {
            for (String written : List.of("info", "error")) {
                if (level.isEmpty() || level.endsWith(written)) {
                    rows.add(app.row(NOW.minus(age), Map.of("level", written, "message", written + age)));
                }
            }
        }
        app.send("canvas_app_logs", rows);
        app.send("canvas_app_logs", rows);
        List<String> wanted =
                rows.stream().map(row -> (String) row.get("message")).sorted().toList();

        for (int limit : List.of(1, 3, 1000)) {
            List<String> told = new ArrayList<>();
            for (String query = "?hours=168&limit=" + limit + level; query != null; ) {
                Response response = get(query);
                told.addAll(response.path("entries.message"));
                query = next(response);
            }
            assertEquals(wanted, told.stream().sorted().toList(), () -> "Pages of " + limit);
        }
    }

    @Test
    void searchIgnoresCase() {
        app.send(
                "canvas_app_logs",
                List.of(
                        app.row(
                                NOW.minusSeconds(3),
                                Map.of("level", "info", "message", "Payment FAILED: 100%_of cards")),
                        app.row(NOW.minusSeconds(2), Map.of("level", "error", "message", "payment failed")),
                        app.row(
                                NOW.minusSeconds(1),
                                Map.of("level", "error", "message", "ÜBERWEISUNG 漢字 it's \\ here"))));
        Map<String, Integer> found = Map.of(
                "payment failed", 2,
                "FAILED", 2,
                "100%_of", 1,
                "%", 1,
                "überweisung", 1,
                "漢字", 1,
                "it's \\ h", 1,
                "' OR 1=1 --", 0,
                "", 3);
        Map<String, Integer> actual = new HashMap<>();
        for (String text : found.keySet()) {
            Response response = app.request().queryParam("q", text).get("/v1/apps/{app}/logs");
            actual.put(
                    text,
                    response.then()
                            .statusCode(200)
                            .extract()
                            .<List<?>>path("entries")
                            .size());
        }

        assertEquals(found, actual);
        assertEquals(List.of("payment failed"), get("?q=payment&level=error").path("entries.message"));
    }

    @Test
    void searchStopsAtItsLimitAndLinksToTheNextPage() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 3 * SEARCH_ROWS; i++) {
            rows.add(app.row(NOW.minusSeconds(1 + i / 2), request(i == 2 * SEARCH_ROWS ? "/needle" : "/hay")));
        }
        app.send("canvas_request_logs", rows);

        List<List<String>> pages = new ArrayList<>();
        for (String query = "?log_type=requests&q=NEEDLE"; query != null; ) {
            Response response = get(query);
            pages.add(response.path("entries.path"));
            query = next(response);
        }

        assertTrue(pages.size() >= 3, () -> "Pages: " + pages);
        assertEquals(List.of("/needle"), pages.stream().flatMap(List::stream).toList());
    }

    @Test
    void searchContinuesBehindAMomentWithMoreEntriesThanItExamines() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 2 * SEARCH_ROWS; i++) {
            rows.add(app.row(NOW.minusSeconds(10), request("/hay")));
        }
        rows.add(app.row(NOW.minusSeconds(20), request("/needle")));
        app.send("canvas_request_logs", rows);

        List<String> found = new ArrayList<>();
        String query = "?log_type=requests&q=needle";
        for (int page = 0; query != null && page < 5; page++) {
            Response response = get(query);
            found.addAll(response.path("entries.path"));
            query = next(response);
        }

        assertNull(query, "The search does not end");
        assertEquals(List.of("/needle"), found);
    }

    /** The table of problems keeps a row of their earlier level. */
    @Test
    void pageEndsAmongManyEntriesThatWereCorrectedToAnotherLevel() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            rows.add(entry("corrected", "error"));
        }
        app.send("canvas_app_logs", rows);
        rows.forEach(row -> row.put("level", "info"));
        app.send("canvas_app_logs", rows);
        app.send(
                "canvas_app_logs",
                List.of(app.row(NOW.minusSeconds(60), Map.of("level", "error", "message", "still an error"))));

        List<List<String>> pages = new ArrayList<>();
        for (String query = "?hours=1&level=error&limit=10"; query != null; ) {
            Response response = get(query);
            pages.add(response.path("entries.message"));
            query = next(response);
        }

        assertEquals(List.of(List.of(), List.of("still an error")), pages);
    }

    private Response get(String query) {
        return app.request()
                .urlEncodingEnabled(false)
                .get("/v1/apps/{app}/logs" + query)
                .then()
                .statusCode(200)
                .extract()
                .response();
    }

    private static String next(Response response) {
        String link = response.header("Link");
        if (link == null) {
            return null;
        }
        Matcher next = NEXT.matcher(link);
        assertTrue(next.matches(), link);
        return next.group(1);
    }

    /** Few moments and many entries, so that most share theirs with others. */
    private Map<String, Object> entry(String message, String level) {
        Instant timestamp = NOW.minusSeconds(1 + random.nextInt(20));
        UUID id = new UUID(random.nextLong(), random.nextLong());
        return app.row(timestamp, Map.of("event_id", id.toString(), "level", level, "message", message));
    }

    private static Map<String, Object> request(String path) {
        return Map.of("method", "GET", "path", path, "status_code", 200, "duration_ms", 1, "user_agent", "", "ip", "");
    }
}
