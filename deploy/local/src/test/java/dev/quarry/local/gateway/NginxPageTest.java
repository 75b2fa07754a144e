package dev.quarry.local.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page on a real nginx, next to the local gateway, which serves the same page. */
@Timeout(60)
class NginxPageTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private static Path directory;

    private static Nginx nginx;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws IOException {
        Nginx.require();
        Path page = Nginx.page(directory.resolve("page"));
        Files.writeString(page.resolve("notes.txt"), "not published");
        nginx = Nginx.start(
                Files.createDirectory(directory.resolve("nginx")),
                Map.of(
                        "QUARRY_GATEWAY_PAGE", page.toString(),
                        "QUARRY_APPS_UPSTREAM", "127.0.0.1:" + service("apps"),
                        "QUARRY_METRICS_UPSTREAM", "127.0.0.1:" + service("metrics"),
                        "QUARRY_INTEGRATIONS_UPSTREAM", "127.0.0.1:" + service("integrations"),
                        "QUARRY_ORGS_UPSTREAM", "127.0.0.1:" + service("org"),
                        "QUARRY_GATEWAY_BURST", "1000"));
        gateway = Gateway.start(
                0,
                List.of(
                        new Upstream("apps", "Apps", "/v1/apps", Wire.closedPort()),
                        new Upstream("metrics", "Metrics", "/v1/metrics", Wire.closedPort()),
                        new Upstream("integrations", "Integrations", "/v1/analytics/integrations", Wire.closedPort()),
                        new Upstream("org", "Organisations", "/v1/orgs", Wire.closedPort())),
                Limits.DEFAULT,
                new SignIn("code", JsonObject::new));
    }

    /** Answers with its name and the request's URI. */
    private static int service(String name) {
        HttpServer server = VERTX.createHttpServer()
                .requestHandler(request -> request.response().end(name + " " + request.uri()));
        return server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    @AfterAll
    static void stop() {
        if (nginx != null) {
            nginx.close();
        }
        if (gateway != null) {
            gateway.close();
        }
        CLIENT.close();
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/?view=apps",
                "/docs",
                "/docs/metrics",
                "/docs/apps",
                "/docs/integrations",
                "/docs/org",
                "/docs/all",
                "/openapi.json",
                "/page/app.js",
                "/page/try.js",
                "/page/style.css",
                "/page/swagger-ui-bundle.js",
                "/page/swagger-ui.css"
            })
    void servesWhatTheLocalGatewayServes(String path) throws Exception {
        HttpResponse<byte[]> ours = send(at(nginx.port(), path));
        HttpResponse<byte[]> local = send(at(gateway.port(), path).header("Accept", "text/html"));

        assertEquals(200, ours.statusCode());
        assertEquals(local.statusCode(), ours.statusCode());
        assertArrayEquals(local.body(), ours.body());
        for (String name : List.of(
                "Content-Type",
                "Content-Security-Policy",
                "Referrer-Policy",
                "X-Content-Type-Options",
                "Cache-Control")) {
            assertEquals(
                    local.headers().allValues(name).stream()
                            .map(value -> value.replace(" ", "").toLowerCase(Locale.ROOT))
                            .toList(),
                    ours.headers().allValues(name).stream()
                            .map(value -> value.replace(" ", "").toLowerCase(Locale.ROOT))
                            .toList(),
                    name);
        }
        assertEquals(1, ours.headers().allValues("X-Request-Id").size());
        assertEquals(
                304,
                send(at(nginx.port(), path)
                                .header(
                                        "If-None-Match",
                                        ours.headers().firstValue("ETag").orElseThrow()))
                        .statusCode());
    }

    @Test
    void compresses() throws Exception {
        HttpResponse<byte[]> plain = send(at(nginx.port(), "/page/app.js"));
        HttpResponse<byte[]> compressed = send(at(nginx.port(), "/page/app.js").header("Accept-Encoding", "gzip"));

        assertEquals("gzip", compressed.headers().firstValue("Content-Encoding").orElse(""));
        try (var unzipped = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
            assertArrayEquals(plain.body(), unzipped.readAllBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"apps", "metrics", "integrations", "org"})
    void theDocumentOfAServiceIsItsOwn(String service) throws Exception {
        assertEquals(
                service + " /q/openapi",
                new String(
                        send(at(nginx.port(), "/docs/" + service + "/openapi")).body(), UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/page",
                "/page/",
                "/page/other.js",
                "/page/notes.txt",
                "/page/page.conf",
                "/page/index.html",
                "/index.html",
                "/docs/",
                "/docs/other",
                "/docs/other/openapi",
                "/docs/apps/openapi/x",
                "/openapi.json/",
                "/q/openapi",
                "/q/metrics",
                "/v2/x.html",
                "/x.js"
            })
    void servesNothingElse(String path) throws Exception {
        HttpResponse<byte[]> answer = send(at(nginx.port(), path));

        assertEquals(404, answer.statusCode());
        assertEquals(
                "application/json", answer.headers().firstValue("Content-Type").orElse(""));
        assertEquals("No such route", new JsonObject(new String(answer.body(), UTF_8)).getString("message"));
        assertEquals(
                List.of("default-src 'none'; frame-ancestors 'none'"),
                answer.headers().allValues("Content-Security-Policy"));
    }

    @Test
    void thePageIsOnlyRead() throws Exception {
        assertEquals(
                405,
                send(at(nginx.port(), "/").POST(BodyPublishers.ofString("code")))
                        .statusCode());
        assertEquals(
                404,
                send(at(nginx.port(), "/page/sign-in").POST(BodyPublishers.ofString("code")))
                        .statusCode());
    }

    @Test
    void theApisAnswerAsBefore() throws Exception {
        HttpResponse<byte[]> answer = send(at(nginx.port(), "/v1/metrics/dau?from=2026-01-01"));

        assertEquals("metrics /v1/metrics/dau?from=2026-01-01", new String(answer.body(), UTF_8));
        assertEquals(
                List.of("default-src 'none'; frame-ancestors 'none'"),
                answer.headers().allValues("Content-Security-Policy"));
    }

    /** Every file that the page needs is one that the image gets, which takes all that the build makes. */
    @Test
    void thePagesNeedNoOtherFiles() throws Exception {
        for (String path : List.of("/", "/docs", "/docs/all")) {
            String page = new String(send(at(nginx.port(), path)).body(), UTF_8);
            List<String> needed = Pattern.compile("(?:src|href)=\"(/page/[^\"]+)\"")
                    .matcher(page)
                    .results()
                    .map(result -> result.group(1))
                    .toList();
            assertFalse(needed.isEmpty(), page);
            for (String file : needed) {
                assertEquals(200, send(at(nginx.port(), file)).statusCode(), file);
            }
        }
    }

    private static HttpRequest.Builder at(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }
}
