package dev.quarry.apps.recorded;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.apps.TestApp;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.Contract;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Recordings of systems that ran in the world, read back through the API. What must come out of them was worked out by
 * {@code src/test/python/expected_recordings.py}, which shares nothing with this code.
 */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class RecordedTest {
    private static final Path SAMPLES = Path.of(System.getProperty("quarry.engine.home"))
            .resolveSibling(Path.of("local", "src", "main", "resources", "samples"));
    private static final Contract CONTRACT = Contract.ofResource("/contract/mixpeek.json");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NEXT = Pattern.compile("<(\\?[^>]+)>; rel=\"next\"");
    private static final Pattern ACCESS = Pattern.compile(
            "(\\S+) \\S+ \\S+ \\[([^]]+)] \"(\\S*) ?(.*?)(?: HTTP/[0-9.]+)?\" (\\d+) (\\d+|-)(?: \"(.*)\" \"(.*)\")?.*");
    private static final DateTimeFormatter ACCESS_TIME =
            DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ROOT);
    private static final Pattern BROKER = Pattern.compile("(\\S+ \\S+) \\[([-0-9]+) ([0-9:]+),(\\d+)] ([A-Z]+) (.*)");
    private static final int BATCH = 5_000;

    @Inject
    TestClock clock;

    @Inject
    RollupJob refiner;

    private JsonNode expected;
    private final Map<String, List<Map<String, Object>>> batches = new HashMap<>();

    @BeforeEach
    void readWhatIsExpected() throws IOException {
        try (var file = RecordedTest.class.getResourceAsStream("/expected/recordings.json")) {
            expected = JSON.readTree(file);
        }
    }

    @AfterEach
    void clockRuns() {
        clock.reset();
    }

    @Test
    void requestsAndErrorsOfAWebServerEqualARecomputation() throws IOException {
        clock.setTo(Instant.parse("2015-05-21T00:00:00Z"));
        TestApp app = TestApp.create();
        forEachLine("apache_access.log.gz", line -> access(app, line));
        flush(app);
        flush(app);
        refiner.run();

        Map<String, Integer> byStatus = new TreeMap<>();
        Map<String, Integer> byDay = new TreeMap<>();
        forEachEntry(app, "?log_type=requests&hours=168&limit=1000", entry -> {
            byStatus.merge(entry.get("status_code").toString(), 1, Integer::sum);
            byDay.merge(entry.get("timestamp").toString().substring(0, 10), 1, Integer::sum);
        });
        assertEquals(counts(expected.at("/apache/by_status")), byStatus);
        assertEquals(counts(expected.at("/apache/by_day")), byDay);

        Map<String, Integer> errors = new TreeMap<>();
        for (String end : List.of("2015-05-19T00:00:00Z", "2015-05-21T00:00:00Z")) {
            clock.setTo(Instant.parse(end));
            errors.putAll(errorsByHour(app, 48));
        }
        assertEquals(counts(expected.at("/apache/errors_by_hour")), errors);
        assertEquals(counts(expected.at("/apache/errors_by_hour")), errorsOfTwoWindows(app));
        assertPages(app);
    }

    /** Of the last two days, and of the two days before. */
    private static Map<String, Integer> errorsOfTwoWindows(TestApp app) {
        Response response = app.request()
                .get("/v1/apps/{app}/analytics?start=2015-05-19&end=2015-05-21T00:00:00Z&compare=previous");
        Map<String, Integer> byHour = new TreeMap<>();
        for (String series : List.of("errors_over_time", "comparison.errors_over_time")) {
            response.then().statusCode(200).extract().<List<Map<String, Object>>>path(series).stream()
                    .filter(bucket -> (Integer) bucket.get("count") > 0)
                    .forEach(bucket -> byHour.put((String) bucket.get("timestamp"), (Integer) bucket.get("count")));
        }
        return byHour;
    }

    private void assertPages(TestApp app) throws IOException {
        JsonNode told = JSON.readTree(app.request()
                        .get("/v1/apps/{app}/analytics?hours=168&by=url&groups=10")
                        .then()
                        .statusCode(200)
                        .extract()
                        .asString())
                .get("vitals_by_url");
        List<String> pages = new ArrayList<>();
        told.get("groups").forEach(group -> pages.add(group.get("key").asText() + summary(group)));
        List<String> recomputed = new ArrayList<>();
        expected.at("/apache/by_page/largest")
                .forEach(page -> recomputed.add(page.get(0).asText() + numbers(page)));
        assertEquals(recomputed, pages);
        assertEquals(
                numbers(expected.at("/apache/by_page/rest")),
                summary(told.get("rest")),
                "The samples of all other pages");
        assertEquals(
                expected.at("/apache/by_page/rest/0").asInt(),
                told.at("/rest/groups").asInt());
    }

    private static List<Long> summary(JsonNode group) {
        JsonNode bytes = group.at("/vitals/0");
        return List.of(
                bytes.get("sample_count").asLong(),
                bytes.get("p50").asLong(),
                bytes.get("p75").asLong(),
                bytes.get("p95").asLong());
    }

    /** All but the first, which is the page or the number of pages. */
    private static List<Long> numbers(JsonNode recomputed) {
        return List.of(
                recomputed.get(1).asLong(),
                recomputed.get(2).asLong(),
                recomputed.get(3).asLong(),
                recomputed.get(4).asLong());
    }

    @Test
    void entriesOfThreeBrokersByLevelEqualARecomputation() {
        clock.setTo(Instant.parse("2016-12-21T00:00:00Z"));
        TestApp app = TestApp.create();
        forEachLine("kafka_runtime.log.gz", line -> broker(app, line));
        flush(app);

        Map<String, Integer> byFilter = new TreeMap<>();
        for (String level : List.of("log", "info", "warn", "error")) {
            forEachEntry(app, "?hours=168&limit=1000&level=" + level, entry -> {
                assertEquals(level, entry.get("level"));
                byFilter.merge(level, 1, Integer::sum);
            });
        }
        assertEquals(counts(expected.at("/kafka")), byFilter);
    }

    @Test
    void errorsOfATicketShopByServiceAndHourEqualARecomputation() {
        clock.setTo(Instant.parse("2023-01-30T00:00:00Z"));
        TestApp first = TestApp.create();
        Map<String, TestApp> apps = new TreeMap<>();
        expected.at("/train_ticket")
                .fieldNames()
                .forEachRemaining(service -> apps.put(service, TestApp.create(first.caller(), service)));
        forEachLine("trainticket_errors.csv.gz", line -> ticket(apps, line));
        flush(first);
        Map<String, Map<String, Integer>> wanted =
                JSON.convertValue(expected.at("/train_ticket"), new TypeReference<>() {});

        refiner.run();
        Map<String, Map<String, Integer>> counted = new TreeMap<>();
        apps.forEach((service, app) -> counted.put(service, errorsByHour(app, 48)));

        assertEquals(new TreeMap<>(wanted), counted);
    }

    private void access(TestApp app, String line) {
        Matcher match = ACCESS.matcher(line);
        if (!match.matches()) {
            throw new AssertionError(line);
        }
        Instant time = ZonedDateTime.parse(match.group(2), ACCESS_TIME).toInstant();
        int status = Integer.parseInt(match.group(5));
        add(
                "canvas_request_logs",
                app.row(
                        time,
                        Map.of(
                                "method",
                                match.group(3),
                                "path",
                                match.group(4),
                                "status_code",
                                status,
                                "duration_ms",
                                0,
                                "user_agent",
                                match.group(8) == null ? "" : match.group(8),
                                "ip",
                                match.group(1).replaceFirst("\\.\\d+$", ".0"))));
        if (!match.group(6).equals("-")) {
            add(
                    "canvas_vitals",
                    app.row(
                            time,
                            Map.of(
                                    "metric_name",
                                    "bytes",
                                    "value",
                                    Long.parseLong(match.group(6)),
                                    "url",
                                    match.group(4))));
        }
        if (status >= 400) {
            add(
                    "canvas_errors",
                    app.row(time, Map.of("error_type", "HTTP " + status, "error_message", "", "url", match.group(4))));
        }
    }

    private void broker(TestApp app, String line) {
        Matcher match = BROKER.matcher(line);
        if (match.matches()) {
            Instant time = Instant.parse("%sT%s.%sZ".formatted(match.group(2), match.group(3), match.group(4)));
            String level = switch (match.group(5)) {
                case "TRACE", "DEBUG" -> "log";
                case "FATAL" -> "error";
                default -> match.group(5).toLowerCase(Locale.ROOT);
            };
            add("canvas_app_logs", app.row(time, Map.of("level", level, "message", match.group(6))));
        }
    }

    private void ticket(Map<String, TestApp> apps, String line) {
        String[] fields = line.split(",", 5);
        if (fields[0].matches("\\d+")) {
            Instant time = Instant.ofEpochMilli(Long.parseLong(fields[0]) / 1_000_000);
            add(
                    "canvas_errors",
                    apps.get(fields[1]).row(time, Map.of("error_type", fields[3], "error_message", fields[4])));
        }
    }

    private Map<String, Integer> errorsByHour(TestApp app, int hours) {
        Response response = app.request().get("/v1/apps/{app}/analytics?hours=" + hours);
        CONTRACT.check(
                "AppAnalyticsResponse",
                response.then().statusCode(200).extract().asString());
        Map<String, Integer> byHour = new TreeMap<>();
        response.<List<Map<String, Object>>>path("errors_over_time").stream()
                .filter(bucket -> (Integer) bucket.get("count") > 0)
                .forEach(bucket -> byHour.put((String) bucket.get("timestamp"), (Integer) bucket.get("count")));
        assertEquals(
                byHour.values().stream().mapToInt(Integer::intValue).sum(), response.<Integer>path("total_errors"));
        return byHour;
    }

    private static void forEachEntry(TestApp app, String query, Consumer<Map<String, Object>> work) {
        for (String next = query; next != null; ) {
            Response response = app.request().urlEncodingEnabled(false).get("/v1/apps/{app}/logs" + next);
            assertEquals(200, response.statusCode());
            entries(response.asString()).forEach(work);
            String link = response.header("Link");
            Matcher match = NEXT.matcher(link == null ? "" : link);
            next = match.matches() ? match.group(1) : null;
        }
    }

    private static List<Map<String, Object>> entries(String body) {
        try {
            return JSON.convertValue(JSON.readTree(body).get("entries"), new TypeReference<>() {});
        } catch (IOException notJson) {
            throw new AssertionError(notJson);
        }
    }

    private void add(String table, Map<String, Object> row) {
        batches.computeIfAbsent(table, name -> new ArrayList<>()).add(row);
    }

    /** Delivers all; called twice, delivers all twice. */
    private void flush(TestApp app) {
        batches.forEach((table, rows) -> {
            for (int from = 0; from < rows.size(); from += BATCH) {
                app.send(table, rows.subList(from, Math.min(rows.size(), from + BATCH)));
            }
        });
    }

    private static Map<String, Integer> counts(JsonNode node) {
        return JSON.convertValue(node, new TypeReference<TreeMap<String, Integer>>() {});
    }

    private static void forEachLine(String sample, Consumer<String> work) {
        try (var lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(SAMPLES.resolve(sample))), StandardCharsets.UTF_8))) {
            lines.lines().forEach(work);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
