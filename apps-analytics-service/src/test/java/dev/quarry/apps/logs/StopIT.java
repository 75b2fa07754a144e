package dev.quarry.apps.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.apps.TestApp;
import dev.quarry.testing.PackagedService;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The packaged service is asked to end while somebody follows a log. */
class StopIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void endsItsTailsAndThenItself() throws Exception {
        try (PackagedService service = PackagedService.start();
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            TestApp app = TestApp.create();
            HttpRequest tail = HttpRequest.newBuilder(URI.create(
                            "http://localhost:" + service.awaitPort() + "/v1/apps/" + app.id() + "/logs/tail"))
                    .header("Authorization", "Bearer " + app.caller().key())
                    .build();
            HttpResponse<InputStream> response = client.send(tail, HttpResponse.BodyHandlers.ofInputStream());
            try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                assertEquals(":open", lines.readLine());

                service.terminate();

                // To its end: a connection that breaks off would throw.
                lines.lines()
                        .forEach(line -> assertTrue(
                                line.isEmpty() || line.startsWith("retry:") || line.startsWith("id:"), line));
            }
            String log = service.awaitEnd(PATIENCE);
            assertTrue(log.contains(" stopped in "), log);
        }
    }
}
