package dev.quarry.telemetry;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.query.QuerySettings;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.caller.Permissions;
import dev.quarry.clickhouse.ClickHouseClient;
import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.RawRequest;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/** What a service writes to its log with everything turned on. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = LogTest.EverythingLogged.class, restrictToAnnotatedClass = true)
@TestProfile(LogTest.Logged.class)
class LogTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String POSTGRES_PASSWORD = "postgres-password-4711";
    private static final String ENGINE_PASSWORD = "engine-password-4712";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TestHTTPResource("/")
    URI root;

    @ConfigProperty(name = "quarkus.log.file.path")
    Path file;

    @Inject
    ClickHouseConfiguration clickHouse;

    @Inject
    OpenTelemetry telemetry;

    @Inject
    RollupJob job;

    public static final class Logged implements QuarkusTestProfile {}

    /** After the stores, because it has a password of its own: the embedded PostgreSQL takes any. */
    public static final class EverythingLogged implements QuarkusTestResourceLifecycleManager {
        private Path directory;

        @Override
        public int order() {
            return 1;
        }

        @Override
        public Map<String, String> start() {
            try {
                directory = Files.createTempDirectory("quarry-log");
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            Map<String, String> settings = new HashMap<>();
            settings.put("quarkus.datasource.password", POSTGRES_PASSWORD);
            settings.put("quarry.request-log.enabled", "true");
            settings.put("quarkus.otel.sdk.disabled", "false");
            settings.put("quarkus.otel.traces.sampler.arg", "0");
            settings.put("quarkus.log.level", "DEBUG");
            settings.put("quarkus.log.console.level", "ERROR");
            // The test's own client, which is no part of a service.
            settings.put("quarkus.log.category.\"org.apache.http\".level", "INFO");
            settings.put("quarkus.log.file.enabled", "true");
            settings.put("quarkus.log.file.level", "DEBUG");
            settings.put("quarkus.log.file.path", directory.resolve("log.json").toString());
            settings.put("quarkus.log.file.json.enabled", "true");
            return settings;
        }

        @Override
        public void stop() {
            if (directory != null) {
                try {
                    Files.deleteIfExists(directory.resolve("log.json"));
                    Files.deleteIfExists(directory);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
        }
    }

    @Test
    void requestIsLoggedInOneLineWithItsFields() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        caller.withApiKey()
                .header("X-Request-Id", "logged-request")
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01")
                .queryParam("q", "searched-text")
                .get("/probe/events")
                .then()
                .statusCode(200);

        JsonNode line = lineOf("logged-request");
        JsonNode fields = line.get("mdc");
        assertEquals("INFO", line.get("level").asText());
        assertEquals("0af7651916cd43dd8448eb211c80319c", fields.get("traceId").asText());
        assertEquals("GET", fields.get("method").asText());
        assertEquals("/probe/events", fields.get("route").asText());
        assertEquals("200", fields.get("status").asText());
        assertEquals(caller.organization(), fields.get("organizationId").asText());
        assertEquals("id_" + caller.key(), fields.get("credentialId").asText());
        double engine = Double.parseDouble(fields.get("engineMs").asText());
        assertTrue(
                engine > 0
                        && engine <= Double.parseDouble(fields.get("durationMs").asText()),
                line.toString());
        assertFalse(line.toString().contains("searched-text"));
    }

    @Test
    void refusedRequestIsLoggedInOneLine() {
        given().header("X-Request-Id", "refused-request")
                .get("/probe/items/secret-item")
                .then()
                .statusCode(401);
        given().header("X-Request-Id", "lost-request").get("/nowhere").then().statusCode(404);

        JsonNode refused = lineOf("refused-request").get("mdc");
        assertEquals("401", refused.get("status").asText());
        assertEquals("/probe/items/{item}", refused.get("route").asText());
        assertEquals("", refused.get("organizationId").asText());
        assertEquals(
                "/unmatched", lineOf("lost-request").get("mdc").get("route").asText());
    }

    @Test
    void malformedRequestLeavesNothingOfItsTargetInTheLog() throws IOException {
        for (String host : List.of("x:y", "127.0.0.1:99999", "[::1")) {
            assertTrue(RawRequest.send(root, "GET /probe/private-path?q=private-words HTTP/1.1\r\nHost: " + host)
                    .startsWith("HTTP/1.1 400 "));
            assertTrue(RawRequest.send(root, "GET private-path?q=private-words HTTP/1.1")
                    .startsWith("HTTP/1.1 400 "));
        }
        given().header("X-Request-Id", "after-malformed").get("/nowhere").then().statusCode(404);

        lineOf("after-malformed");
        // At DEBUG, Quarkus writes the path of every request.
        assertEquals(
                List.of(),
                lines().stream()
                        .filter(line -> !line.get("level").asText().equals("DEBUG"))
                        .map(JsonNode::toString)
                        .filter(line -> line.contains("private-"))
                        .toList());
    }

    @Test
    void healthChecksAndScrapesAreNotLogged() {
        given().header("X-Request-Id", "scrape").get("/q/metrics").then().statusCode(200);
        given().header("X-Request-Id", "after-the-scrape")
                .get("/nowhere")
                .then()
                .statusCode(404);

        lineOf("after-the-scrape");
        assertEquals(List.of(), accessLines("scrape"));
    }

    @Test
    void everyLogLineOfARequestHasItsRequestIdAndTraceId() {
        given().header("X-Request-Id", "failing-request")
                .get("/probe/failing")
                .then()
                .statusCode(500);

        await().atMost(SOON).until(() -> lines().stream().anyMatch(LogTest::isTheFailure));
        JsonNode line =
                lines().stream().filter(LogTest::isTheFailure).findFirst().orElseThrow();
        assertTrue(line.get("mdc").get("traceId").asText().matches("[0-9a-f]{32}"), line.toString());
        assertTrue(line.get("mdc").get("spanId").asText().matches("[0-9a-f]{16}"), line.toString());
    }

    @Test
    void secretsAreNotLoggedAtDebugLevel() throws IOException {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        caller.withApiKey().get("/probe/events").then().statusCode(200);
        caller.withBearer().get("/probe/caller").then().statusCode(200);
        caller.withSession().get("/probe/caller").then().statusCode(200);
        given().header("x-api-key", "unknown-" + caller.key())
                .get("/probe/caller")
                .then()
                .statusCode(401);
        job.run();
        askWithAWrongPassword();
        Logger.getLogger(LogTest.class).debug("the last line");

        await().atMost(SOON).until(() -> Files.readString(file).contains("the last line"));
        List<String> lines = Files.readAllLines(file);
        assertTrue(lines.stream().anyMatch(line -> line.contains("\"level\":\"DEBUG\"")));
        String basic =
                Base64.getEncoder().encodeToString(("nobody:" + ENGINE_PASSWORD).getBytes(StandardCharsets.UTF_8));
        for (String secret : List.of(POSTGRES_PASSWORD, ENGINE_PASSWORD, basic, caller.key(), caller.sessionToken())) {
            // In tests the id of a key or session holds it.
            assertEquals(
                    List.of(),
                    lines.stream()
                            .filter(line -> line.replace("id_" + secret, "").contains(secret))
                            .toList());
        }
    }

    private void askWithAWrongPassword() {
        var login = new ClickHouseClient.Login("quarry-test", "nobody", ENGINE_PASSWORD, 1);
        try (var stranger = new ClickHouseClient(clickHouse, login, telemetry)) {
            stranger.query("SELECT 1", Map.of(), new QuerySettings(), answer -> null);
            throw new AssertionError("the engine let a stranger in");
        } catch (Exception refused) {
            Logger.getLogger(LogTest.class).debug("refused as " + login, refused);
        }
    }

    private static boolean isTheFailure(JsonNode line) {
        return line.get("loggerName").asText().equals("dev.quarry.request.FailureMapper")
                && line.get("mdc").path("requestId").asText().equals("failing-request");
    }

    private JsonNode lineOf(String requestId) {
        await().atMost(SOON).until(() -> !accessLines(requestId).isEmpty());
        List<JsonNode> found = accessLines(requestId);
        assertEquals(1, found.size());
        return found.getFirst();
    }

    private List<JsonNode> accessLines(String requestId) {
        return lines().stream()
                .filter(line -> line.get("loggerName").asText().equals("dev.quarry.access"))
                .filter(line -> line.get("mdc").get("requestId").asText().equals(requestId))
                .toList();
    }

    private List<JsonNode> lines() {
        try {
            return Files.readAllLines(file).stream().map(LogTest::parse).toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException notJson) {
            throw new AssertionError("Not JSON: " + line, notJson);
        }
    }
}
