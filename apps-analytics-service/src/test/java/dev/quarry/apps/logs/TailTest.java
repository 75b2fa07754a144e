package dev.quarry.apps.logs;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.apps.TestApp;
import dev.quarry.caller.Permissions;
import dev.quarry.testing.Contract;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@QuarkusTest
@QuarkusTestResource(Stores.class)
@Timeout(60)
class TailTest {
    private static final Contract CONTRACT = Contract.ofResource("/contract/mixpeek.json");
    /** {@code quarry.apps.tail.most-per-organization} in tests. */
    private static final int MOST_PER_ORGANIZATION = 2;

    private TestApp app;

    @BeforeEach
    void anApp() {
        app = TestApp.create();
    }

    @Test
    void sendsEachEntryOnceAsItArrives() throws IOException {
        app.send("canvas_app_logs", List.of(entry(now().minusSeconds(5), "before")));
        try (Stream stream = open("")) {
            Map<String, Object> first = entry(now(), "first");
            app.send("canvas_app_logs", List.of(first));
            assertEquals("first", stream.nextMessage());
            app.send("canvas_app_logs", List.of(first, entry(now(), "second")));
            assertEquals("second", stream.nextMessage());
        }
    }

    @Test
    void sendsALateEntryOnce() throws IOException {
        Instant start = now();
        String resume;
        try (Stream stream = open("", start.minusSeconds(10).toEpochMilli() + "." + new UUID(0, 0))) {
            app.send("canvas_app_logs", List.of(entry(start, "newest")));
            assertEquals("newest", stream.nextMessage());
            app.send("canvas_app_logs", List.of(entry(start.minusSeconds(2), "late")));
            assertEquals("late", stream.nextMessage());
            resume = stream.lastId;
        }
        app.send("canvas_app_logs", List.of(entry(now(), "after")));
        try (Stream stream = open("", resume)) {
            assertEquals("after", stream.nextMessage());
        }
    }

    /** Streams end every few minutes, so a late entry may arrive between two connections of a client. */
    @Test
    void sendsALateEntryThatArrivesWhileTheClientReconnects() throws IOException {
        Instant start = now();
        String resume;
        try (Stream stream = open("", start.minusSeconds(10).toEpochMilli() + "." + new UUID(0, 0))) {
            app.send("canvas_app_logs", List.of(entry(start.minusSeconds(1), "first"), entry(start, "second")));
            assertEquals("first", stream.nextMessage());
            assertEquals("second", stream.nextMessage());
            resume = stream.lastId;
        }
        app.send("canvas_app_logs", List.of(entry(start.minusSeconds(5), "late"), entry(now(), "newest")));

        try (Stream stream = open("", resume)) {
            assertEquals("late", stream.nextMessage());
            assertEquals("newest", stream.nextMessage());
        }
    }

    @Test
    void sendsAnEntryThatArrivesWhileAClientOfAQuietLogReconnects() throws IOException {
        String resume;
        try (Stream stream = open("")) {
            resume = stream.openingId();
        }
        app.send("canvas_app_logs", List.of(entry(now(), "while away")));
        try (Stream stream = open("", resume)) {
            assertEquals("while away", stream.nextMessage());
        }
    }

    @Test
    void resumesNotFurtherThanAWeekBack() throws IOException {
        app.send(
                "canvas_app_logs",
                List.of(
                        entry(now().minus(169, ChronoUnit.HOURS), "too old"),
                        entry(now().minus(167, ChronoUnit.HOURS), "in the week")));
        try (Stream stream = open("", "0." + new UUID(0, 0))) {
            assertEquals("in the week", stream.nextMessage());
        }
    }

    @Test
    void tailsWithTheSameFilterShareTheirLooks() throws IOException {
        awaitLooks(0);
        try (Stream one = open("?level=error");
                Stream other = open("?level=Error")) {
            awaitLooks(1);
            app.send("canvas_app_logs", now(), Map.of("level", "error", "message", "told to both"));

            assertEquals("told to both", one.nextMessage());
            assertEquals("told to both", other.nextMessage());
            assertEquals(1, looks());
        }
        awaitLooks(0);
    }

    private static void awaitLooks(int number) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> looks() == number);
    }

    private static double looks() {
        return Scrape.now().samples("quarry_tails_looks").getFirst().value();
    }

    @Test
    void resumesWithoutLossOrRepetition() throws IOException {
        Instant moment = now();
        List<String> sent = new ArrayList<>();
        List<String> told = new ArrayList<>();
        String resume = moment.minusSeconds(1).toEpochMilli() + "." + new UUID(0, 0);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            rows.add(entry(moment, "e" + i));
            sent.add("e" + i);
        }
        app.send("canvas_app_logs", rows);
        for (int connection = 0; connection < 6; connection++) {
            String from = resume;
            // The service may not yet have noticed that the connection before was closed, and then answers 429.
            try (Stream stream = Awaitility.await().until(() -> open("", from), opened -> opened.status == 200)) {
                for (int i = 0; i < 5; i++) {
                    told.add(stream.nextMessage());
                }
                resume = stream.lastId;
            }
        }

        assertEquals(sent.stream().sorted().toList(), told.stream().sorted().toList());
    }

    @Test
    void openTailsAreCounted() throws IOException {
        try (Stream _ = open("")) {
            assertTrue(Scrape.now().samples("quarry_tails_open").getFirst().value() >= 1);
        }
    }

    @Test
    void filtersLikeTheLog() throws IOException {
        try (Stream stream = open("?level=error&q=NEEDLE")) {
            app.send(
                    "canvas_app_logs",
                    List.of(
                            app.row(now(), Map.of("level", "info", "message", "needle")),
                            app.row(now(), Map.of("level", "error", "message", "hay")),
                            app.row(now(), Map.of("level", "error", "message", "a needle\nin two lines"))));
            assertEquals("a needle\nin two lines", stream.nextMessage());
        }
    }

    /** The entry was corrected before the client connected. */
    @Test
    void doesNotSendTheOldContentOfACorrectedEntry() throws IOException {
        Instant moment = now();
        Map<String, Object> corrected =
                new HashMap<>(app.row(moment.minusMillis(1), Map.of("level", "error", "message", "gone")));
        app.send("canvas_app_logs", List.of(corrected));
        corrected.put("level", "info");
        app.send("canvas_app_logs", List.of(corrected));
        app.send("canvas_app_logs", moment, Map.of("level", "error", "message", "stays"));
        try (Stream stream = open("?level=error", moment.minusSeconds(1).toEpochMilli() + "." + new UUID(0, 0))) {
            assertEquals("stays", stream.nextMessage());
        }
    }

    @Test
    void tailsTheRequestLog() throws IOException {
        try (Stream stream = open("?log_type=requests")) {
            app.send(
                    "canvas_request_logs",
                    List.of(app.row(
                            now(),
                            Map.of(
                                    "method", "GET",
                                    "path", "/x",
                                    "status_code", 200,
                                    "duration_ms", 1,
                                    "user_agent", "",
                                    "ip", ""))));
            assertTrue(stream.nextData().contains("\"path\":\"/x\""));
        }
    }

    @Test
    void sendsHeartbeats() throws IOException {
        try (Stream stream = open("")) {
            for (String line = stream.lines.readLine(); !line.startsWith(":still"); line = stream.lines.readLine()) {
                assertTrue(
                        line.isEmpty() || line.startsWith(":") || line.startsWith("retry:") || line.startsWith("id:"),
                        line);
            }
        }
    }

    @Test
    void endsWhenItsKeyIsRevoked() throws IOException {
        TestApp other = TestApp.create();
        try (Stream stream = open("");
                Stream untouched = open(other, "", null)) {
            app.caller().revokeKey();
            stream.readToItsEnd();

            other.send("canvas_app_logs", now(), Map.of("level", "info", "message", "still told"));
            assertEquals("still told", untouched.nextMessage());
        }
        app.request().get("/v1/apps/{app}/logs/tail").then().statusCode(401);
    }

    @Test
    void organisationHasAMaximumNumberOfOpenTails() throws IOException {
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < MOST_PER_ORGANIZATION; i++) {
            streams.add(open(""));
        }
        CONTRACT.check(
                "ErrorResponse",
                app.request()
                        .get("/v1/apps/{app}/logs/tail")
                        .then()
                        .statusCode(429)
                        .header("Retry-After", Integer::parseInt, greaterThan(0))
                        .extract()
                        .asString());
        try (Stream other = open(TestApp.create(), "", null)) {
            assertEquals(200, other.status);
        }

        streams.getFirst().close();
        Awaitility.await().untilAsserted(() -> {
            try (Stream stream = open("")) {
                assertEquals(200, stream.status);
            }
        });
        for (Stream stream : streams) {
            stream.close();
        }
    }

    @Test
    void refusalsHaveTheErrorBodyOfTheApi() {
        TestApp theirs = TestApp.create(TestCaller.create(Permissions.APPS_READ), "app_secret");
        CONTRACT.check(
                "ErrorResponse",
                app.caller()
                        .withBearer()
                        .get("/v1/apps/" + theirs.id() + "/logs/tail")
                        .then()
                        .statusCode(404)
                        .extract()
                        .asString());
        CONTRACT.check(
                "ErrorResponse",
                RestAssured.given()
                        .get("/v1/apps/app_web/logs/tail")
                        .then()
                        .statusCode(401)
                        .extract()
                        .asString());
        CONTRACT.check(
                "HTTPValidationError",
                app.request()
                        .get("/v1/apps/{app}/logs/tail?log_type=all")
                        .then()
                        .statusCode(422)
                        .body("detail[0].loc", contains("query", "log_type"))
                        .body("detail[0].type", equalTo("enum"))
                        .extract()
                        .asString());
    }

    private Map<String, Object> entry(Instant timestamp, String message) {
        return app.row(timestamp, Map.of("level", "info", "message", message));
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    private Stream open(String query) throws IOException {
        return open(app, query, null);
    }

    private Stream open(String query, String lastEventId) throws IOException {
        return open(app, query, lastEventId);
    }

    /** Comes back once the stream is open, so that what is sent after it is told. */
    private static Stream open(TestApp app, String query, String lastEventId) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(
                        "http://localhost:" + RestAssured.port + "/v1/apps/" + app.id() + "/logs/tail" + query))
                .header("Authorization", "Bearer " + app.caller().key());
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return new Stream(request.build());
    }

    /** A client of one connection. */
    private static final class Stream implements AutoCloseable {
        private final HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final BufferedReader lines;
        private final int status;
        private String lastId;

        Stream(HttpRequest request) throws IOException {
            try {
                HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
                status = response.statusCode();
                lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
            } catch (InterruptedException interrupted) {
                throw new IOException(interrupted);
            }
            if (status == 200) {
                assertEquals(":open", lines.readLine());
            }
        }

        String nextData() throws IOException {
            String line = lines.readLine();
            while (!line.startsWith("data:")) {
                if (line.startsWith("id:")) {
                    lastId = line.substring("id:".length()).strip();
                }
                line = lines.readLine();
            }
            return line;
        }

        /** The id that the client has before it receives an entry. */
        String openingId() throws IOException {
            String line = lines.readLine();
            while (!line.startsWith("id:")) {
                line = lines.readLine();
            }
            return line.substring("id:".length()).strip();
        }

        /** Comes back long before {@code quarry.apps.tail.lifetime}, or the class's timeout ends it. */
        void readToItsEnd() throws IOException {
            while (lines.readLine() != null) {
                // Only the end is waited for.
            }
        }

        String nextMessage() throws IOException {
            return JsonPath.from(nextData().substring("data:".length())).getString("message");
        }

        @Override
        public void close() {
            client.shutdownNow();
        }
    }
}
