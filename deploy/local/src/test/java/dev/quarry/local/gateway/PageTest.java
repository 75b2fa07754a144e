package dev.quarry.local.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PageTest {

    private static final String CODE = "a1B2".repeat(10);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger reads = new AtomicInteger();
    private Gateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = Gateway.start(
                0,
                List.of(new Upstream("apps", "Apps", "/v1/apps", Wire.closedPort())),
                Limits.DEFAULT,
                new SignIn(CODE, () -> new JsonObject().put("read", reads.incrementAndGet())));
    }

    @AfterEach
    void stop() {
        gateway.close();
        client.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/docs, text/html; charset=utf-8",
        "/docs/apps, text/html; charset=utf-8",
        "/docs/all, text/html; charset=utf-8",
        "/page/app.js, text/javascript; charset=utf-8",
        "/page/style.css, text/css; charset=utf-8",
        "/page/swagger-ui-bundle.js, text/javascript; charset=utf-8",
        "/openapi.json, application/json"
    })
    void servesItsFilesPlainAndCompressed(String path, String type) throws Exception {
        HttpResponse<byte[]> plain = send(get(path));
        HttpResponse<byte[]> compressed = send(get(path).header("Accept-Encoding", "br, gzip"));

        assertEquals(200, plain.statusCode());
        assertEquals(type, header(plain, "Content-Type"));
        assertTrue(header(plain, "Content-Security-Policy").startsWith("default-src 'none'; script-src 'self';"));
        assertEquals("", header(plain, "Content-Encoding"));
        assertEquals("gzip", header(compressed, "Content-Encoding"));
        try (var unzipped = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
            assertArrayEquals(plain.body(), unzipped.readAllBytes());
        }
        assertEquals(
                304,
                send(get(path).header("If-None-Match", header(plain, "ETag"))).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip;q=0", "identity", "x-gzip-not"})
    void doesNotCompressForClientsThatCannotRead(String accepted) throws Exception {
        assertEquals("", header(send(get("/docs").header("Accept-Encoding", accepted)), "Content-Encoding"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/page", "/page/", "/page/other.js", "/page/app.js.gz", "/docs/other", "/index.html"})
    void servesNothingElse(String path) throws Exception {
        assertEquals(404, send(get(path)).statusCode());
    }

    @Test
    void answersBrowsersWithThePage() throws Exception {
        HttpResponse<byte[]> page = send(get("/?view=apps").header("Accept", "text/html,*/*;q=0.8"));

        assertEquals("text/html; charset=utf-8", header(page, "Content-Type"));
        assertTrue(new String(page.body(), UTF_8).contains("/page/app.js"));
        assertEquals(List.of("accept", "accept-encoding"), page.headers().allValues("Vary"));
    }

    @Test
    void theLinkOfThisStartSignsInAgainAndAgain() throws Exception {
        for (int time = 1; time <= 2; time++) {
            HttpResponse<byte[]> answer = send(signIn(CODE));
            assertEquals(200, answer.statusCode());
            assertEquals("no-store", header(answer, "Cache-Control"));
            assertEquals("{\"read\":" + time + "}", new String(answer.body(), UTF_8));
            assertFalse(answer.headers().map().containsKey("access-control-allow-origin"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a1B2", "b1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2"})
    void anotherCodeDoesNotSignIn(String code) throws Exception {
        assertEquals(403, send(signIn(code)).statusCode());
        assertEquals(403, send(signIn(CODE + "x".repeat(100))).statusCode());
        assertEquals(404, send(get("/page/sign-in")).statusCode());
        assertEquals(0, reads.get());
    }

    private HttpRequest.Builder signIn(String code) {
        return get("/page/sign-in").POST(BodyPublishers.ofString(code));
    }

    private HttpRequest.Builder get(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path));
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
