package dev.quarry.apps;

import dev.quarry.testing.EveryRouteTests;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class EveryRouteTest extends EveryRouteTests {
    @Override
    protected Map<String, Route> routes() {
        TestApp app = TestApp.create();
        Instant past = Instant.now().minusSeconds(60);
        app.send("canvas_errors", past, Map.of("error_type", "TypeError", "error_message", "x", "url", "/"));
        app.send("canvas_app_events", past, Map.of("event_type", "page_view"));
        app.send("canvas_vitals", past, Map.of("metric_name", "LCP", "value", 1_000));
        app.send("canvas_app_logs", past, Map.of("level", "info", "message", "found"));
        Rollups.run();
        String path = "/v1/apps/{app}/";
        return Map.of(
                "/v1/apps/{app_id}/analytics",
                json(
                        app.request(),
                        path + "analytics?hours=24",
                        "total_errors",
                        "total_events",
                        "vitals.sample_count.sum()"),
                "/v1/apps/{app_id}/logs",
                json(app.request(), path + "logs", "entries.size()"),
                "/v1/apps/{app_id}/logs/tail",
                () -> tailed(app, past));
    }

    /**
     * Reads until the tail sends an entry. The service may not yet have noticed that the tails of earlier requests were
     * closed, and then answers 429.
     */
    private static int tailed(TestApp app, Instant past) {
        return Awaitility.await().until(() -> entriesOfOneTail(app, past), count -> count > 0);
    }

    private static int entriesOfOneTail(TestApp app, Instant past) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + RestAssured.port + "/v1/apps/" + app.id() + "/logs/tail"))
                .header("Authorization", "Bearer " + app.caller().key())
                .header("Last-Event-ID", past.minusSeconds(1).toEpochMilli() + "." + new UUID(0, 0))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                return (int) lines.lines()
                        .filter(line -> line.contains("found"))
                        .limit(1)
                        .count();
            } finally {
                client.shutdownNow();
            }
        }
    }
}
