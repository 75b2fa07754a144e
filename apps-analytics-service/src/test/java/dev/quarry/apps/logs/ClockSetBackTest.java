package dev.quarry.apps.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.apps.TestApp;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The service's clock goes back while it follows a log. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@Timeout(60)
class ClockSetBackTest {
    @Inject
    TestClock clock;

    @AfterEach
    void clockRuns() {
        clock.reset();
    }

    /** Its client connects again. Otherwise, the tail would say nothing for an hour. */
    @Test
    void endsTheTail() throws IOException, InterruptedException {
        TestApp app = TestApp.create();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + RestAssured.port + "/v1/apps/" + app.id() + "/logs/tail"))
                .header("Authorization", "Bearer " + app.caller().key())
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> tail = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            var lines = new BufferedReader(new InputStreamReader(tail.body(), StandardCharsets.UTF_8));
            assertEquals(":open", lines.readLine());

            clock.setTo(Instant.now().minus(Duration.ofHours(1)));

            while (lines.readLine() != null) {
                // Only the end is waited for.
            }
        }
    }
}
