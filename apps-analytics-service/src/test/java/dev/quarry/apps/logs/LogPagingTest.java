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
import org.awaitility.Awaitility;
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
    /** More than the answer of a query may have rows. */
    private static final int MANY = 110_000;

    private static final Instant CROWDED = NOW.minusSeconds(10);
    private static final LogPosition BEFORE_ALL = LogPosition.startOf(NOW.minusSeconds(60));
    private static final Instant ALWAYS = Instant.parse("2200-01-01T00:00:00Z");
    private static final String ENTRIES = """
            SELECT
                0 AS later,
                concat('a02bee8c-be1d-396c-8000-', leftPad(lower(hex(number)), 12, '0')) AS id,
                concat('entry ', toString(number)) AS text
            FROM numbers(1, %d)
            """.formatted(MANY);
    /** Their ids lie on the other side of the others' ids than their times. */
    private static final String NEIGHBOURS = """
            SELECT 1 AS later, '00000000-0000-0000-0000-000000000001' AS id, 'entry after' AS text
            UNION ALL
            SELECT -1, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'entry before'
            """;

    private static final List<Integer> CORRECTED = List.of(5, MANY - 5);

    @Inject
    TestClock clock;

    @Inject
    LogsQuery logs;

    @Inject
    TailQuery tails;

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
        LogFilter filter = new LogFilter(app.id(), LogType.RUNTIME, level, "");
        List<LogsQuery.Found> rows =
                logs.fetch(caller(), filter, NOW.minusSeconds(3_600), LogPosition.startOf(NOW), 10);
        corrected.put("level", "warn");
        app.send("canvas_app_logs", List.of(same, corrected));

        List<LogsQuery.Found> compared = logs.compared(caller(), filter, Instant.EPOCH, rows);

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

    /** A client has a day to read the pages. */
    @ParameterizedTest
    @ValueSource(strings = {"", "&level=info", "&q=e"})
    void lastPageOfTheLongestWindowIsCompleteForADay(String filter) {
        sendEntriesOfAge(List.of(Duration.ofHours(1), Duration.ofHours(168)));

        Response first = get("?hours=168&limit=1" + filter);
        clock.setTo(NOW.plus(Duration.ofDays(1)));
        Response second = get(next(first));

        assertEquals(List.of("entry PT1H"), first.path("entries.message"));
        assertEquals(List.of("entry PT168H"), second.path("entries.message"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&level=info", "&q=e"})
    void aCursorThatWasMadeUpReachesNoFurtherThanTheLongestWindow(String filter) {
        Duration longest = Duration.ofDays(7);
        Duration readForADay = longest.plusDays(1);
        sendEntriesOfAge(List.of(
                Duration.ofHours(1),
                longest,
                longest.plusMillis(1),
                readForADay,
                readForADay.plusMillis(1),
                Duration.ofDays(20)));

        assertEquals(List.of("entry PT1H", "entry PT168H"), pagesBefore(NOW, filter));
        assertEquals(
                List.of("entry PT168H", "entry PT168H0.001S", "entry PT192H"),
                pagesBefore(NOW.minus(Duration.ofDays(2)), filter));
        assertEquals(List.of(), pagesBefore(NOW.minus(Duration.ofDays(19)), filter));
    }

    /** The messages of all pages from a cursor whose window begins in 1970. */
    private List<String> pagesBefore(Instant position, String filter) {
        List<String> told = new ArrayList<>();
        String query = "?limit=1&before=%d.%s.0%s".formatted(position.toEpochMilli(), new UUID(0, 0), filter);
        while (query != null) {
            Response response = get(query);
            told.addAll(response.path("entries.message"));
            query = next(response);
        }
        return told;
    }

    private void sendEntriesOfAge(List<Duration> ages) {
        app.send(
                "canvas_app_logs",
                ages.stream()
                        .map(age -> app.row(NOW.minus(age), Map.of("level", "info", "message", "entry " + age)))
                        .toList());
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

    @ParameterizedTest
    @CsvSource({"level=error, error", "level=info, info", "q=ENTRY, log"})
    void pagesOfTheRuntimeLogAreCompleteInACrowdedMoment(String filter, String level) {
        crowd("canvas_app_logs", "level, message", "'%s'".formatted(level), "'log'");

        assertCrowdedPages("?limit=1000&" + filter, "entries.message");
    }

    @Test
    void pagesOfTheRequestLogAreCompleteInACrowdedMoment() {
        crowd("canvas_request_logs", "duration_ms, path", "1", "1");

        assertCrowdedPages("?limit=1000&log_type=requests&q=ENTRY", "entries.path");
    }

    private void assertCrowdedPages(String query, String text) {
        Response first = get(query);
        Response second = get(next(first));

        List<String> newestFirst = crowdedEntries().reversed();
        assertEquals(newestFirst.subList(0, 1_000), first.path(text));
        assertEquals(newestFirst.subList(1_000, 2_000), second.path(text));
    }

    @ParameterizedTest
    @CsvSource({"error, error, ''", "info, info, ''", "log, '', ENTRY"})
    void tailReadsACrowdedMoment(String written, String level, String text) {
        crowd("canvas_app_logs", "level, message", "'%s'".formatted(written), "'log'");
        FollowedLog log = followed(level, text);

        List<LogsQuery.Found> rows = new ArrayList<>(log.page(BEFORE_ALL, Instant.EPOCH, ALWAYS));
        rows.addAll(log.page(rows.getLast().position(), Instant.EPOCH, ALWAYS));

        List<String> told = messages(rows);
        // A page may have a row of the first delivery of a corrected entry.
        assertTrue(told.size() >= 2 * FollowedLog.PAGE - 1, () -> "Entries: " + told.size());
        assertEquals(crowdedEntries().subList(0, told.size()), told);
    }

    /** One entry is late: all entries between it and the newest one were sent before. */
    @Test
    void tailReadsAnEntryThatArrivesAfterACrowdedMoment() {
        crowd("canvas_app_logs", "level, message", "'info'", "'log'");
        long delivered = Long.parseLong(
                Stores.execute("""
                SELECT toUnixTimestamp64Milli(max(delivered)) FROM canvas_app_logs WHERE organization_id = '%s'
                """.formatted(app.caller().organization())).strip());
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> Stores.execute("SELECT toUnixTimestamp64Milli(now64(3)) > " + delivered)
                        .equals("1\n"));
        insert("canvas_app_logs", "level, message", "'info', text", NEIGHBOURS);

        Instant since = Instant.ofEpochMilli(delivered + 1);
        List<LogsQuery.Found> rows = followed("info", "").page(BEFORE_ALL, since, ALWAYS);

        assertEquals(List.of("entry before", "entry after"), messages(rows));
    }

    private FollowedLog followed(String level, String text) {
        return new FollowedLog(tails, caller(), new LogFilter(app.id(), LogType.RUNTIME, level, text));
    }

    private static List<String> messages(List<LogsQuery.Found> rows) {
        return rows.stream()
                .filter(LogsQuery.Found::holds)
                .map(row -> ((LogEntry.RuntimeEntry) row.entry()).message())
                .toList();
    }

    /**
     * Inserts entries, most of them of one millisecond. Some are delivered again, so that they no longer match.
     *
     * @param columns two columns, the second one for the text
     * @param value SQL, the value of the first column
     * @param corrected the same, for the entries that are delivered again
     */
    private void crowd(String table, String columns, String value, String corrected) {
        insert(table, columns, value + ", text", ENTRIES);
        insert(table, columns, value + ", text", NEIGHBOURS);
        insert(table, columns, corrected + ", 'corrected'", """
                SELECT * FROM (%s) WHERE text IN ('entry %d', 'entry %d')
                """.formatted(
                        ENTRIES, CORRECTED.getFirst(), CORRECTED.getLast()));
    }

    /** @param entries a query of milliseconds after {@link #CROWDED}, ids and texts: {@code later, id, text} */
    private void insert(String table, String columns, String values, String entries) {
        Stores.execute("""
                INSERT INTO %s (organization_id, app_id, timestamp, event_id, %s)
                SELECT '%s', '%s', fromUnixTimestamp64Milli(toInt64(%d + later), 'UTC'), toUUID(id), %s
                FROM (%s)
                """.formatted(
                table, columns, app.caller().organization(), app.id(), CROWDED.toEpochMilli(), values, entries));
    }

    /** The texts that match, oldest first. */
    private static List<String> crowdedEntries() {
        List<String> entries = new ArrayList<>();
        entries.add("entry before");
        for (int number = 1; number <= MANY; number++) {
            if (!CORRECTED.contains(number)) {
                entries.add("entry " + number);
            }
        }
        entries.add("entry after");
        return entries;
    }

    private Caller caller() {
        return new Caller(app.caller().organization(), Set.of(), Mechanism.BEARER, "test");
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
