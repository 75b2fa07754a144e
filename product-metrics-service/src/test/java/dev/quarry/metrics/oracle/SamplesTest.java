package dev.quarry.metrics.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.caller.Permissions;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two real recordings, delivered in any order, held against what expected_metrics.py makes of the same files. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class SamplesTest {
    private static final Path SAMPLES = Path.of(System.getProperty("quarry.engine.home"))
            .resolveSibling(Path.of("local", "src", "main", "resources", "samples"));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SERIES = List.of(
            "dau", "wau", "mau", "new-users", "tool-calls", "tool-calls-per-user", "daily-sessions", "session-length");

    @Inject
    RollupJob job;

    @Inject
    TestClock clock;

    private TestCaller caller;

    @AfterEach
    void letTheClockRun() {
        clock.reset();
    }

    @Test
    void invoicesOfAShopEqualARecomputation() throws IOException {
        List<Map<String, Object>> events = new ArrayList<>();
        for (String line : lines("online_retail_abroad.csv.gz").subList(1, 46_432)) {
            // The description, which may have commas, lies between the second field and the last five.
            List<String> fields = List.of(line.split(",", -1));
            String customer = fields.get(fields.size() - 2);
            if (!customer.isEmpty()) {
                Map<String, Object> event = event(events.size(), fields.get(fields.size() - 4), customer);
                event.put("session_id", fields.get(0));
                event.put("kind", "tool_call");
                event.put("feature", fields.get(1));
                event.put("country", fields.getLast());
                events.add(event);
            }
        }
        check(events, "online_retail");
    }

    @Test
    void developerToolWithoutSessionsEqualsARecomputation() throws IOException {
        List<Map<String, Object>> events = new ArrayList<>();
        for (String line : lines("aider_events.jsonl.gz")) {
            JsonNode sent = JSON.readTree(line);
            String name = sent.path("event").asText();
            boolean command = name.startsWith("command_");
            long millis = sent.path("time").decimalValue().movePointRight(3).longValue();
            String time =
                    Instant.ofEpochMilli(millis).toString().replace("T", " ").replace("Z", "");
            Map<String, Object> event =
                    event(events.size(), time, sent.path("user_id").asText(""));
            event.put("kind", command || name.equals("message_send") ? "tool_call" : "other");
            event.put("feature", command ? name : "");
            events.add(event);
        }
        check(events, "aider");
    }

    private void check(List<Map<String, Object>> events, String expectedName) throws IOException {
        clock.setTo(Instant.parse("2027-01-01T00:00:00Z"));
        caller = TestCaller.create(Permissions.METRICS_READ);
        events.forEach(event -> event.put("organization_id", caller.organization()));
        deliver(events);

        Map<String, List<String>> expected = expected(expectedName);
        String days = expected.get("window").getFirst();
        String window = "?limit=1000&from=%s&to=%s".formatted(days.substring(0, 10), days.substring(11));
        for (String metric : SERIES) {
            assertEquals(expected.get(metric), told(metric + window, "period", "value"), metric);
        }
        assertEquals(expected.get("retention"), told("retention" + window, "period", "retained", "cohortSize"));
        assertEquals(expected.get("users-by"), told("users-by?dimension=country", "key", "count"));
        assertEquals(
                expected.get("feature-adoption"),
                told(
                        "feature-adoption" + window.replace("1000", "50"),
                        "feature",
                        "sessionsWithFeature",
                        "totalSessions",
                        "percentage"));
        JsonNode power = get("power-users" + window);
        assertEquals(expected.get("power-users"), List.of(text(power, "totalUsers", "powerUsers", "percentage")));
    }

    private void deliver(List<Map<String, Object>> events) {
        List<Map<String, Object>> shuffled = new ArrayList<>(events);
        Collections.shuffle(shuffled, new Random(7));
        int half = shuffled.size() / 2;
        Stores.insert("events", shuffled.subList(0, half));
        job.run();
        Stores.insert("events", shuffled.subList(half - 1_000, shuffled.size()));
        job.run();
    }

    /** The file's order is the events' order: of equal times, the later line is the newer event. */
    private static Map<String, Object> event(int number, String time, String user) {
        Map<String, Object> event = new HashMap<>();
        event.put("event_id", new UUID(1, number).toString());
        event.put("time", time);
        event.put("user_id", user);
        return event;
    }

    private List<String> told(String path, String... fields) throws IOException {
        return StreamSupport.stream(get(path).path("data").spliterator(), false)
                .map(row -> text(row, fields))
                .toList();
    }

    private static String text(JsonNode row, String... fields) {
        return List.of(fields).stream()
                .map(field -> row.get(field).isNumber()
                        ? Oracle.plain(new BigDecimal(row.get(field).asText()))
                        : row.get(field).asText())
                .collect(Collectors.joining(" "));
    }

    private JsonNode get(String path) throws IOException {
        return JSON.readTree(caller.withApiKey()
                .get("/v1/metrics/" + path)
                .then()
                .statusCode(200)
                .extract()
                .asString());
    }

    private static Map<String, List<String>> expected(String name) throws IOException {
        try (InputStream in = SamplesTest.class.getResourceAsStream("/expected/" + name + ".txt")) {
            return read(in).stream()
                    .collect(Collectors.groupingBy(
                            line -> line.substring(0, line.indexOf(' ')),
                            Collectors.mapping(line -> line.substring(line.indexOf(' ') + 1), Collectors.toList())));
        }
    }

    private static List<String> lines(String sample) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(SAMPLES.resolve(sample)))) {
            return read(in);
        }
    }

    private static List<String> read(InputStream in) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        return reader.lines().toList();
    }
}
