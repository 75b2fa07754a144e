package dev.quarry.apps.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.apps.TestApp;
import dev.quarry.testing.Crowd;
import dev.quarry.testing.PackagedService;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** 64 simultaneous requests for large pages, on a packaged service whose heap a few dozen pages' entries would fill. */
class LargeAnswersIT {
    /** A small heap, and long timeouts for slow machines. */
    private static final String[] OPTIONS = {
        "-Xmx64m",
        "-Dquarry.fairness.queue-timeout=3m",
        "-Dquarry.clickhouse.connect-timeout=1m",
        "-Dquarry.clickhouse.guards.time=3m"
    };

    private static final int AT_ONCE = 64;
    private static final int ENTRIES = 1_000;

    @Test
    void fitIntoASmallHeap() throws Exception {
        try (PackagedService service = PackagedService.start(OPTIONS)) {
            TestApp app = TestApp.create();
            Instant newest = Instant.ofEpochMilli(Instant.now().toEpochMilli()).minusSeconds(60);
            List<Map<String, Object>> rows = new ArrayList<>();
            for (int age = 0; age <= ENTRIES; age++) {
                rows.add(app.row(
                        newest.minusMillis(age),
                        Map.of(
                                "level",
                                "info",
                                "message",
                                message(age),
                                "route_path",
                                "/cart",
                                "request_id",
                                "r" + age)));
            }
            app.send("canvas_app_logs", rows);
            URI logs = URI.create("http://localhost:" + service.awaitPort() + "/v1/apps/" + app.id()
                    + "/logs?hours=24&limit=" + ENTRIES);

            String answer = Crowd.ask(
                    logs, Map.of("Authorization", "Bearer " + app.caller().key()), AT_ONCE);

            JsonNode entries = new ObjectMapper().readTree(answer).path("entries");
            assertEquals(ENTRIES, entries.size());
            for (int age = 0; age < ENTRIES; age++) {
                assertEquals(message(age), entries.path(age).path("message").asText());
                assertEquals("r" + age, entries.path(age).path("request_id").asText());
            }

            String arrow = Crowd.ask(
                    logs,
                    Map.of(
                            "Authorization",
                            "Bearer " + app.caller().key(),
                            "Accept",
                            "application/vnd.apache.arrow.stream"),
                    AT_ONCE);

            for (int age = 0; age < ENTRIES; age++) {
                assertTrue(arrow.contains(message(age)), "no message " + age);
            }
        }
    }

    /** A message of 2,000 characters, the most that answers show. */
    private static String message(int age) {
        return "Message %06d.".formatted(age).repeat(200).substring(0, 2_000);
    }
}
