package dev.quarry.local.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class GatewayTest {

    private static final Limits LIMITS =
            new Limits(1_000, Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(10));
    private static final Limits IMPATIENT =
            new Limits(1_000, Duration.ofSeconds(2), Duration.ofMillis(200), Duration.ofSeconds(10));

    private static final SignIn NO_SIGN_IN = new SignIn("code", JsonObject::new);

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Gateway gateway;

    @BeforeEach
    void everyServiceEchoes() throws IOException {
        gateway = Gateway.start(
                0,
                List.of(
                        new Upstream("apps", "Apps", "/v1/apps", backend(echo("apps"))),
                        new Upstream("metrics", "Metrics", "/v1/metrics", backend(echo("metrics"))),
                        new Upstream(
                                "integrations",
                                "Integrations",
                                "/v1/analytics/integrations",
                                backend(echo("integrations"))),
                        new Upstream("org", "Organisations", "/v1/orgs", backend(echo("org")))),
                LIMITS,
                NO_SIGN_IN);
    }

    @AfterEach
    void stop() {
        gateway.close();
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/apps, apps",
        "/v1/apps/a/logs?log_type=runtime&text=a%20b, apps",
        "/v1/metrics/dau?from=2026-02-01, metrics",
        "/v1/analytics/integrations, integrations",
        "/v1/analytics/integrations/summary?a=1&a=2, integrations",
        "/v1/orgs/o/analytics, org"
    })
    void sendsEachPrefixToItsService(String uri, String service) throws Exception {
        JsonObject echo = new JsonObject(send(get(uri)).body());

        assertEquals(service, echo.getString("service"));
        assertEquals(uri, echo.getString("uri"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1", "/v1/appsx", "/v1/analytics", "/v2/apps", "/q/metrics", "/q/openapi", "/docs/", "/docs/x"
            })
    void answersAnUnknownRouteItself(String uri) throws Exception {
        HttpResponse<String> response = send(get(uri).header("X-Request-Id", "abc"));

        assertEquals(404, response.statusCode());
        assertEquals("application/json", header(response, "Content-Type"));
        JsonObject body = new JsonObject(response.body());
        assertEquals("Not Found", body.getString("error"));
        assertEquals("abc", body.getString("requestId"));
        assertFalse(body.getString("message").isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/apps/../metrics/dau",
                "GET /v1/apps/%2e%2e/metrics/dau",
                "GET /v1/apps%2f..%2fmetrics",
                "GET //v1/apps",
                "GET /v1/apps/..;/metrics",
                "GET /v1/apps/\\..\\metrics",
                "GET http://elsewhere/v1/apps/../../q/metrics",
                "OPTIONS *"
            })
    void letsNoSpellingLeaveItsPrefix(String request) throws IOException {
        assertTrue(Wire.exchange(gateway.port(), request + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                .startsWith("HTTP/1.1 400 "));
    }

    @Test
    void forwardsOnlyPathAndQueryOfAnAbsoluteTarget() throws IOException {
        String answer = Wire.exchange(
                gateway.port(), "GET http://elsewhere/v1/apps?a=b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertTrue(answer.contains("\"uri\":\"/v1/apps?a=b\""), answer);
    }

    @Test
    void passesMethodBodyAndEndToEndHeaders() throws Exception {
        HttpResponse<String> response = send(request("/v1/apps/a")
                .method("PATCH", BodyPublishers.ofString("a body"))
                .header("x-api-key", "secret")
                .header("Accept-Language", "de"));

        JsonObject echo = new JsonObject(response.body());
        assertEquals("PATCH", echo.getString("method"));
        assertEquals("a body", echo.getString("body"));
        assertEquals("secret", echo.getJsonObject("headers").getString("x-api-key"));
        assertEquals("de", echo.getJsonObject("headers").getString("accept-language"));
    }

    @Test
    void removesHopByHopHeadersInBothDirections() throws IOException {
        String answer = Wire.exchange(gateway.port(), """
                GET /v1/apps HTTP/1.1\r
                Host: quarry.example:80\r
                Connection: keep-alive, X-Hop\r
                X-Hop: one connection only\r
                Keep-Alive: timeout=5\r
                Proxy-Authorization: Basic eDp5\r
                TE: trailers\r
                Upgrade: h2c\r
                Forwarded: for=1.2.3.4\r
                X-Forwarded-For: 1.2.3.4\r
                \r
                GET /none HTTP/1.1\r
                Host: a\r
                Connection: close\r
                \r
                """);

        String echo = answer.substring(answer.indexOf('{'), answer.indexOf("HTTP/1.1 404"));
        JsonObject headers = new JsonObject(echo).getJsonObject("headers");
        for (String name : List.of("x-hop", "keep-alive", "proxy-authorization", "te", "upgrade", "forwarded")) {
            assertNull(headers.getString(name), name);
        }
        assertEquals("127.0.0.1", headers.getString("x-forwarded-for"));
        assertEquals("http", headers.getString("x-forwarded-proto"));
        assertEquals("quarry.example:80", headers.getString("x-forwarded-host"));
        assertEquals(Integer.toString(gateway.port()), headers.getString("x-forwarded-port"));
        String head = answer.substring(0, answer.indexOf("\r\n\r\n"));
        assertFalse(head.contains("X-Backend-Hop"), head);
        assertFalse(head.contains("Keep-Alive"), head);
        assertTrue(head.contains("X-End-To-End: kept"), head);
    }

    @Test
    void passesAndEchoesARequestId() throws Exception {
        HttpResponse<String> response = send(get("/v1/apps").header("X-Request-Id", "A.b_c-9"));

        assertEquals(List.of("A.b_c-9"), response.headers().allValues("X-Request-Id"));
        assertEquals(
                "A.b_c-9",
                new JsonObject(response.body()).getJsonObject("headers").getString("x-request-id"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a b", "a/b", "\"", "12345678901234567890123456789012345678901234567890123456789012345"})
    void makesARequestIdWhenNoneOrAMalformedOneIsSent(String sent) throws Exception {
        HttpResponse<String> response = send(get("/v1/apps").header("X-Request-Id", sent));

        List<String> echoed = response.headers().allValues("X-Request-Id");
        assertEquals(1, echoed.size());
        assertTrue(echoed.getFirst().matches("[A-Za-z0-9._-]{1,64}"));
        assertNotEquals(echoed, send(get("/v1/apps")).headers().allValues("X-Request-Id"));
        assertEquals(
                echoed.getFirst(),
                new JsonObject(response.body()).getJsonObject("headers").getString("x-request-id"));
    }

    @Test
    void passesTheClientsTraceOn() throws Exception {
        String sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

        JsonObject headers =
                traceHeaders(get("/v1/apps").header("traceparent", sent).header("tracestate", "a=b"));

        assertEquals(sent, headers.getString("traceparent"));
        assertEquals("a=b", headers.getString("tracestate"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"
            })
    void beginsATraceInPlaceOfWhatIsNone(String sent) throws Exception {
        JsonObject headers =
                traceHeaders(get("/v1/apps").header("traceparent", sent).header("tracestate", "a=b"));

        String begun = headers.getString("traceparent");
        assertTrue(begun.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01"), begun);
        assertNull(headers.getString("tracestate"));
    }

    @Test
    void everyRequestWithoutATraceBeginsItsOwn() throws Exception {
        String first = traceHeaders(get("/v1/apps")).getString("traceparent");
        String second = traceHeaders(get("/v1/apps")).getString("traceparent");

        assertTrue(first.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01"), first);
        assertNotEquals(first.substring(3, 35), second.substring(3, 35));
    }

    private JsonObject traceHeaders(HttpRequest.Builder request) throws Exception {
        return new JsonObject(send(request).body()).getJsonObject("headers");
    }

    @Test
    void says502WhenAServiceIsDown() throws Exception {
        restart(Wire.closedPort(), LIMITS);

        assertRefused(502, "ServiceUnavailableError", send(get("/v1/apps").header("X-Request-Id", "down")), "down");
    }

    @Test
    void says502WhenAServiceBreaksOffBeforeItsAnswer() throws Exception {
        restart(backend(request -> request.connection().close()), LIMITS);

        assertRefused(502, "ServiceUnavailableError", send(get("/v1/apps").header("X-Request-Id", "broken")), "broken");
    }

    @Test
    void breaksOffWhenAServiceBreaksOffWithinItsAnswer() throws Exception {
        restart(
                backend(request -> request.response()
                        .putHeader("Content-Length", "10")
                        .write("12345")
                        .onSuccess(written -> request.connection().close())),
                LIMITS);

        String answer = Wire.exchange(gateway.port(), "GET /v1/apps HTTP/1.1\r\nHost: a\r\n\r\n");

        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.endsWith("\r\n\r\n12345"), answer);
    }

    @Test
    void says504WhenAServiceDoesNotBeginItsAnswer() throws Exception {
        var upstreamClosed = new CompletableFuture<Void>();
        restart(
                backend(request -> request.connection().closeHandler(ignored -> upstreamClosed.complete(null))),
                IMPATIENT);

        assertRefused(504, "TimeoutError", send(get("/v1/apps").header("X-Request-Id", "slow")), "slow");
        upstreamClosed.get(30, TimeUnit.SECONDS);
    }

    @Test
    void doesNotTimeOutAnAnswerThatHasBegun() throws Exception {
        // Long enough for a busy machine to begin in time.
        var limits = new Limits(1_000, Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(10));
        restart(
                backend(request -> {
                    request.response().setChunked(true).write("first ");
                    vertx.setTimer(
                            limits.answer().plusSeconds(1).toMillis(),
                            ignored -> request.response().end("last"));
                }),
                limits);

        assertEquals("first last", send(get("/v1/apps")).body());
    }

    @Test
    void refusesABodyThatDeclaresItselfTooLarge() throws Exception {
        assertEquals(200, send(post("/v1/apps", new byte[1_000])).statusCode());
        assertRefused(
                413, "BadRequestError", send(post("/v1/apps", new byte[1_001]).header("X-Request-Id", "big")), "big");
    }

    @Test
    void refusesABodyThatBecomesTooLarge() throws Exception {
        HttpResponse<String> response = send(request("/v1/apps")
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(new byte[100_000])))
                .header("X-Request-Id", "big"));

        assertRefused(413, "BadRequestError", response, "big");
    }

    @Test
    void takesAChunkedBodyUpToTheLimit() throws Exception {
        HttpResponse<String> response = send(request("/v1/apps")
                .POST(BodyPublishers.fromPublisher(
                        BodyPublishers.ofByteArray("x".repeat(1_000).getBytes(StandardCharsets.UTF_8)))));

        assertEquals("x".repeat(1_000), new JsonObject(response.body()).getString("body"));
    }

    @Test
    void streamsALargeAnswer() throws Exception {
        byte[] piece = new byte[1 << 20];
        for (int index = 0; index < piece.length; index++) {
            piece[index] = (byte) (index * 31);
        }
        int pieces = 64;
        restart(
                backend(request -> {
                    request.response().setChunked(true);
                    write(request, Buffer.buffer(piece), pieces);
                }),
                LIMITS);
        MessageDigest expected = MessageDigest.getInstance("SHA-256");
        for (int index = 0; index < pieces; index++) {
            expected.update(piece);
        }

        MessageDigest actual = MessageDigest.getInstance("SHA-256");
        try (InputStream body = new DigestInputStream(
                client.send(get("/v1/apps").build(), BodyHandlers.ofInputStream())
                        .body(),
                actual)) {
            assertEquals((long) pieces * piece.length, body.transferTo(OutputStream.nullOutputStream()));
        }
        assertArrayEquals(expected.digest(), actual.digest());
    }

    private static void write(HttpServerRequest request, Buffer piece, int times) {
        if (times == 0) {
            request.response().end();
        } else {
            request.response().write(piece).onSuccess(written -> write(request, piece, times - 1));
        }
    }

    @Test
    void forwardsEachEventAtOnceAndClosesTheServicesConnectionWhenTheClientLeaves() throws Exception {
        var stream = new CompletableFuture<HttpServerRequest>();
        var left = new CompletableFuture<Void>();
        restart(
                backend(request -> {
                    request.response().exceptionHandler(ignored -> left.complete(null));
                    request.response()
                            .setChunked(true)
                            .putHeader("Content-Type", "text/event-stream")
                            .write("data: 1\n\n");
                    stream.complete(request);
                }),
                LIMITS);

        try (var socket = Wire.connect(gateway.port())) {
            socket.getOutputStream().write(Wire.ascii("GET /v1/apps HTTP/1.1\r\nHost: a\r\n\r\n"));
            Wire.readUntil(socket.getInputStream(), "data: 1\n\n");
            stream.get(30, TimeUnit.SECONDS).response().write("data: 2\n\n");
            Wire.readUntil(socket.getInputStream(), "data: 2\n\n");
            assertFalse(left.isDone());
        }
        left.get(30, TimeUnit.SECONDS);
    }

    @Test
    void closesTheServicesConnectionWhenTheClientLeavesBeforeTheAnswer() throws Exception {
        var asked = new CompletableFuture<Void>();
        var left = new CompletableFuture<Void>();
        restart(
                backend(request -> {
                    request.connection().closeHandler(ignored -> left.complete(null));
                    asked.complete(null);
                }),
                LIMITS);

        try (var socket = Wire.connect(gateway.port())) {
            socket.getOutputStream().write(Wire.ascii("GET /v1/apps HTTP/1.1\r\nHost: a\r\n\r\n"));
            asked.get(30, TimeUnit.SECONDS);
        }
        left.get(30, TimeUnit.SECONDS);
    }

    @Test
    void answersAHeadRequestWithoutABody() throws Exception {
        HttpResponse<String> response = send(request("/v1/apps").method("HEAD", BodyPublishers.noBody()));

        assertEquals(200, response.statusCode());
        assertEquals("", response.body());
        assertEquals(
                200, send(request("/").method("HEAD", BodyPublishers.noBody())).statusCode());
    }

    @Test
    void listsItsRoutes() throws Exception {
        HttpResponse<String> json = send(get("/"));
        assertEquals("application/json", header(json, "Content-Type"));
        JsonObject first = new JsonObject(json.body()).getJsonArray("routes").getJsonObject(0);
        assertEquals("/v1/apps", first.getString("prefix"));
        assertEquals("/docs/apps/openapi", first.getString("openapi"));

        assertEquals(405, send(post("/", new byte[1])).statusCode());
    }

    @Test
    void forwardsToEachServicesDocument() throws Exception {
        JsonObject openapi =
                new JsonObject(send(get("/docs/metrics/openapi?format=json")).body());
        assertEquals("metrics", openapi.getString("service"));
        assertEquals("/q/openapi?format=json", openapi.getString("uri"));
    }

    @Test
    void isHealthyOnlyWhenEveryServiceIs() throws Exception {
        assertEquals(200, send(get("/q/health")).statusCode());

        restart(Wire.closedPort(), LIMITS);
        HttpResponse<String> response = send(get("/q/health"));

        assertEquals(503, response.statusCode());
        JsonObject body = new JsonObject(response.body());
        assertEquals("DOWN", body.getString("status"));
        assertEquals("DOWN", body.getJsonArray("checks").getJsonObject(0).getString("status"));
    }

    @Test
    void closesAConnectionWhoseHeadersComeTooSlowly() throws Exception {
        var limits = new Limits(1_000, Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofMillis(300));
        restart(
                backend(request -> vertx.setTimer(
                        2 * limits.headers().toMillis(),
                        late -> request.response().end("late"))),
                limits);

        try (var socket = Wire.connect(gateway.port())) {
            socket.getOutputStream().write(Wire.ascii("GET /v1/apps HTTP/1.1\r\nHost: a\r\nX-Slow: "));
            assertEquals(-1, socket.getInputStream().read());
        }
        // The limit is not one of the answer.
        assertEquals("late", send(get("/v1/apps")).body());
    }

    @Test
    void waitsAsLongAsTheGatewayOfDeployments() throws Exception {
        assertEquals(
                Nginx.defaults().get("QUARRY_GATEWAY_TIMEOUT"),
                Limits.DEFAULT.answer().toSeconds() + "s");
    }

    @Test
    void refusesABodyThatTheServiceWouldRefuseToo() throws Exception {
        restart(
                backend(request -> request.response()
                        .setStatusCode(413)
                        .end("{}")
                        .onComplete(sent -> request.connection().close())),
                Limits.DEFAULT);

        for (int length : new int[] {(64 << 10) + 1, 5 << 20}) {
            assertRefused(
                    413,
                    "BadRequestError",
                    send(post("/v1/apps", new byte[length]).header("X-Request-Id", "large")),
                    "large");
        }
    }

    @Test
    void readsUrlsOfEightKilobytes() throws Exception {
        assertEquals(200, send(get("/v1/apps?text=" + "x".repeat(8_000))).statusCode());
        assertRefused(
                414,
                "BadRequestError",
                send(get("/v1/apps?text=" + "x".repeat(9_000)).header("X-Request-Id", "long")),
                "long");
    }

    private static void assertRefused(int status, String type, HttpResponse<String> response, String requestId) {
        assertEquals(status, response.statusCode());
        assertEquals("application/json", header(response, "Content-Type"));
        assertEquals("nosniff", header(response, "X-Content-Type-Options"));
        assertEquals(requestId, header(response, "X-Request-Id"));
        JsonObject body = new JsonObject(response.body());
        assertEquals(status, body.getInteger("status"));
        assertEquals(type, body.getJsonObject("error").getString("type"));
        assertFalse(body.getJsonObject("error").getString("message").isEmpty());
    }

    /** Puts one service at the given port behind /v1/apps in place of the four that echo. */
    private void restart(int port, Limits limits) throws IOException {
        gateway.close();
        gateway = Gateway.start(0, List.of(new Upstream("apps", "Apps", "/v1/apps", port)), limits, NO_SIGN_IN);
    }

    private int backend(Handler<HttpServerRequest> handler) {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setMaxInitialLineLength(16_384))
                .requestHandler(handler);
        return server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    private static Handler<HttpServerRequest> echo(String service) {
        return request -> request.body()
                .onSuccess(body -> request.response()
                        .putHeader("Content-Type", "application/json")
                        .putHeader("Connection", "X-Backend-Hop")
                        .putHeader("X-Backend-Hop", "one connection only")
                        .putHeader("Keep-Alive", "timeout=5")
                        .putHeader("X-End-To-End", "kept")
                        .end(new JsonObject()
                                .put("service", service)
                                .put("method", request.method().name())
                                .put("uri", request.uri())
                                .put("headers", lowerCase(request.headers()))
                                .put("body", body.toString())
                                .toBuffer()));
    }

    private static JsonObject lowerCase(MultiMap headers) {
        var object = new JsonObject();
        headers.forEach(header -> object.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        return object;
    }

    private HttpRequest.Builder request(String uri) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + uri));
    }

    private HttpRequest.Builder get(String uri) {
        return request(uri).GET();
    }

    private HttpRequest.Builder post(String uri, byte[] body) {
        return request(uri).POST(BodyPublishers.ofByteArray(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
