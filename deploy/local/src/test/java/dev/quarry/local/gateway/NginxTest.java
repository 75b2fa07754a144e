package dev.quarry.local.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway of deployments does, on a real nginx in front of services that echo. */
@Timeout(60)
class NginxTest {

    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String TRACEPARENT = "00-" + TRACE_ID + "-00f067aa0ba902b7-01";

    private static final String SITE = "https://dashboard.example";
    private static final String SITES = "http://localhost:5173, " + SITE + ",https://reports.example";
    private static final Map<String, String> FEW_REQUESTS =
            Map.of("QUARRY_GATEWAY_RATE", "1", "QUARRY_GATEWAY_BURST", "1");
    private static final Map<String, String> SITES_AND_FEW_REQUESTS =
            Map.of("QUARRY_GATEWAY_CORS_ORIGINS", SITES, "QUARRY_GATEWAY_RATE", "1", "QUARRY_GATEWAY_BURST", "1");

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path directory;

    private Nginx nginx;

    @BeforeAll
    static void requireNginx() {
        Nginx.require();
    }

    @BeforeEach
    void everyServiceEchoes() throws IOException {
        start(
                backend(echo("apps")),
                backend(echo("metrics")),
                backend(echo("integrations")),
                backend(echo("orgs")),
                Map.of());
    }

    @AfterEach
    void stop() {
        nginx.close();
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/apps, apps",
        "/v1/apps/a/logs?log_type=runtime&text=a%20b, apps",
        "/v1/apps/caf%C3%A9%20x/analytics, apps",
        "/v1/metrics/dau?from=2026-02-01, metrics",
        "/v1/analytics/integrations, integrations",
        "/v1/analytics/integrations/summary?a=1&a=2, integrations",
        "/v1/orgs/o/workspaces/w:1/analytics, orgs"
    })
    void sendsEachPrefixToItsService(String uri, String service) throws Exception {
        JsonObject echo = echo(get(uri));

        assertEquals(service, echo.getString("service"));
        assertEquals(uri, echo.getString("uri"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/appsx",
                "/v1/analytics",
                "/v2/apps",
                "/q/health",
                "/q/metrics",
                "/q/openapi",
                "/docs",
                "/healthz"
            })
    void answersAnUnknownRouteItself(String uri) throws Exception {
        HttpResponse<String> response = send(get(uri).header("X-Request-Id", "abc"));

        assertEquals(404, response.statusCode());
        assertEquals("application/json", header(response, "Content-Type"));
        assertEquals(
                new JsonObject()
                        .put("error", "Not Found")
                        .put("message", "No such route")
                        .put("requestId", "abc"),
                new JsonObject(response.body()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/apps/../metrics/dau",
                "/v1/apps/..?a=b",
                "/v1/apps/%2e%2e/metrics/dau",
                "/v1/apps%2f..%2fmetrics",
                "/q/metrics/..%2f..%2fv1/apps",
                "/q/%2e./v1/apps",
                "//v1/apps",
                "/v1//apps",
                "/v1/apps/..;/metrics",
                "/v1/apps/\\..\\metrics",
                "/v1/apps/%252e%252e/metrics",
                "/v1/apps/%5c..",
                "/v1/apps/%00",
                "/v1/apps/a\u00e9",
                "http://elsewhere/v1/apps/../../q/metrics",
                "*"
            })
    void letsNoSpellingLeaveItsPrefix(String target) throws IOException {
        String answer =
                Wire.exchange(nginx.port(), "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains("\r\nContent-Type: application/json\r\n"), answer);
        assertTrue(new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4)).size() >= 2, answer);
    }

    @Test
    void passesMethodBodyAndEndToEndHeaders() throws Exception {
        JsonObject echo = echo(request("/v1/apps/a")
                .method("PATCH", BodyPublishers.ofString("a body"))
                .header("x-api-key", "secret")
                .header("Authorization", "Bearer secret")
                .header("x-session-token", "secret")
                .header("x-organization-id", "org")
                .header("Last-Event-ID", "7")
                .header("If-None-Match", "\"a\""));

        assertEquals("PATCH", echo.getString("method"));
        assertEquals("a body", echo.getString("body"));
        assertEquals("secret", sent(echo, "x-api-key"));
        assertEquals("Bearer secret", sent(echo, "authorization"));
        assertEquals("secret", sent(echo, "x-session-token"));
        assertEquals("org", sent(echo, "x-organization-id"));
        assertEquals("7", sent(echo, "last-event-id"));
        assertEquals("\"a\"", sent(echo, "if-none-match"));
    }

    @Test
    void leavesTheAnswerOfAServiceAlone() throws Exception {
        int refusing = backend(request -> request.response()
                .setStatusCode(429)
                .putHeader("Retry-After", "17")
                .putHeader("X-Data-As-Of", "2026-02-01T00:00:00Z")
                .putHeader("X-Request-Id", "the service's")
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Content-Type", "application/json")
                .end("{\"mine\":true}"));
        restart(refusing, Map.of());

        HttpResponse<String> response = send(get("/v1/metrics/dau").header("X-Request-Id", "the-clients"));

        assertEquals(429, response.statusCode());
        assertEquals("{\"mine\":true}", response.body());
        assertEquals(List.of("17"), response.headers().allValues("Retry-After"));
        assertEquals("2026-02-01T00:00:00Z", header(response, "X-Data-As-Of"));
        assertEquals(List.of("the-clients"), response.headers().allValues("X-Request-Id"));
        assertEquals(List.of("nosniff"), response.headers().allValues("X-Content-Type-Options"));
        assertEquals(1, response.headers().allValues("Content-Security-Policy").size());
        assertEquals(List.of("no-referrer"), response.headers().allValues("Referrer-Policy"));
    }

    @Test
    void setsTheForwardedHeadersItself() throws Exception {
        JsonObject echo = echo(get("/v1/apps")
                .header("X-Forwarded-For", "1.2.3.4")
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Port", "1")
                .header("X-Forwarded-Host", "elsewhere")
                .header("X-Real-IP", "1.2.3.4")
                .header("Forwarded", "for=1.2.3.4")
                .header("Proxy-Authorization", "Basic eDp5")
                .header("TE", "trailers"));

        String host = "127.0.0.1:" + nginx.port();
        assertEquals("127.0.0.1", sent(echo, "x-forwarded-for"));
        assertEquals("http", sent(echo, "x-forwarded-proto"));
        assertEquals(host, sent(echo, "x-forwarded-host"));
        assertEquals(host, sent(echo, "host"));
        for (String name : List.of("x-forwarded-port", "x-real-ip", "forwarded", "proxy-authorization", "te")) {
            assertNull(sent(echo, name), name);
        }
    }

    @Test
    void acceptsForwardedHeadersFromTheTrustedProxy() throws Exception {
        restart(backend(echo("any")), Map.of("QUARRY_GATEWAY_TRUSTED", "127.0.0.1/32"));

        JsonObject echo = echo(
                get("/v1/apps").header("X-Forwarded-For", "1.2.3.4, 5.6.7.8").header("X-Forwarded-Proto", "https"));

        assertEquals("5.6.7.8", sent(echo, "x-forwarded-for"));
        assertEquals("https", sent(echo, "x-forwarded-proto"));
    }

    @Test
    void passesAndEchoesARequestId() throws Exception {
        HttpResponse<String> response = send(get("/v1/apps").header("X-Request-Id", "A.b_c-9"));

        assertEquals(List.of("A.b_c-9"), response.headers().allValues("X-Request-Id"));
        assertEquals("A.b_c-9", sent(new JsonObject(response.body()), "x-request-id"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a b", "a/b", "\"", "12345678901234567890123456789012345678901234567890123456789012345"})
    void makesARequestIdWhenNoneOrAMalformedOneIsSent(String sent) throws Exception {
        HttpResponse<String> response = send(get("/v1/apps").header("X-Request-Id", sent));

        List<String> echoed = response.headers().allValues("X-Request-Id");
        assertEquals(1, echoed.size());
        assertTrue(echoed.getFirst().matches("[0-9a-f]{32}"));
        assertNotEquals(echoed, send(get("/v1/apps")).headers().allValues("X-Request-Id"));
        assertEquals(echoed.getFirst(), sent(new JsonObject(response.body()), "x-request-id"));
    }

    @Test
    void carriesATraceOn() throws Exception {
        JsonObject echo =
                echo(get("/v1/apps").header("traceparent", TRACEPARENT).header("tracestate", "vendor=1"));

        assertEquals(TRACEPARENT, sent(echo, "traceparent"));
        assertEquals("vendor=1", sent(echo, "tracestate"));
        assertEquals(TRACE_ID, accesses(1).getFirst().getString("traceId"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"
            })
    void beginsATraceWhenNoneOrAMalformedOneIsSent(String sent) throws Exception {
        JsonObject echo = echo(get("/v1/apps").header("traceparent", sent).header("tracestate", "vendor=1"));

        String begun = sent(echo, "traceparent");
        assertTrue(begun.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01"), begun);
        assertNotEquals(TRACE_ID, begun.substring(3, 35));
        assertNull(sent(echo, "tracestate"));
        assertNotEquals(begun, sent(echo(get("/v1/apps")), "traceparent"));
    }

    @Test
    void samplesTheConfiguredShareOfTraces() throws Exception {
        restart(backend(echo("any")), Map.of("QUARRY_GATEWAY_TRACED", "25%"));

        int sampled = 0;
        for (int asked = 0; asked < 400; asked++) {
            sampled += sent(echo(get("/v1/apps")), "traceparent").endsWith("-01") ? 1 : 0;
        }

        // Ten standard deviations around 100.
        assertTrue(13 < sampled && sampled < 187, "sampled " + sampled);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /v1/apps/a/logs | {"success":false,"status":502,"error":{"message":"The service cannot be reached","type":"ServiceUnavailableError"}}
            /v1/apps/a/logs/tail | {"success":false,"status":502,"error":{"message":"The service cannot be reached","type":"ServiceUnavailableError"}}
            /v1/metrics/dau | {"statusCode":502,"error":"Bad Gateway","message":"The service cannot be reached"}
            /v1/analytics/integrations/usage | {"error":"service_unavailable","message":"The service cannot be reached"}
            """)
    void saysInTheFamilysWordsThatAServiceIsDown(String uri, String expected) throws Exception {
        restart(Wire.closedPort(), Map.of());

        HttpResponse<String> response = send(get(uri).header("X-Request-Id", "down"));

        assertEquals(502, response.statusCode());
        assertEquals("application/json", header(response, "Content-Type"));
        assertEquals(List.of("down"), response.headers().allValues("X-Request-Id"));
        assertEquals(new JsonObject(expected), new JsonObject(response.body()));
    }

    @Test
    void datesARefusalOfTheOrganisationsFamily() throws Exception {
        restart(Wire.closedPort(), Map.of());

        JsonObject body = new JsonObject(send(get("/v1/orgs/o/analytics")).body());

        String timestamp = (String) body.remove("timestamp");
        assertTrue(timestamp.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}"), timestamp);
        long age = Instant.now().getEpochSecond()
                - LocalDateTime.parse(timestamp).toInstant(ZoneOffset.UTC).getEpochSecond();
        assertTrue(0 <= age && age < 60, timestamp);
        assertEquals(
                new JsonObject()
                        .put("error", "SERVICE_UNAVAILABLE")
                        .put("message", "The service cannot be reached")
                        .put("details", new JsonObject())
                        .put("status_code", 502),
                body);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/apps/a/logs, error, type, TimeoutError",
        "/v1/metrics/dau, '', error, Gateway Timeout",
        "/v1/analytics/integrations/usage, '', error, timeout",
        "/v1/orgs/o/analytics, '', error, GATEWAY_TIMEOUT"
    })
    void says504WhenAServiceDoesNotBeginItsAnswer(String uri, String member, String name, String expected)
            throws Exception {
        var asked = new AtomicInteger();
        restart(backend(request -> asked.incrementAndGet()), Map.of("QUARRY_GATEWAY_TIMEOUT", "200ms"));

        HttpResponse<String> response = send(get(uri));

        assertEquals(504, response.statusCode());
        JsonObject body = new JsonObject(response.body());
        assertEquals(expected, (member.isEmpty() ? body : body.getJsonObject(member)).getString(name));
        // The first attempt may still be costing the engine.
        assertEquals(1, asked.get());
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/apps/a, BadRequestError",
        "/v1/metrics/dau, Request Entity Too Large",
        "/v1/analytics/integrations/usage, bad_request",
        "/v1/orgs/o/analytics, BAD_REQUEST"
    })
    void refusesABodyThatIsTooLarge(String uri, String expected) throws Exception {
        assertEquals(
                64 << 10,
                echo(request(uri).POST(BodyPublishers.ofByteArray(new byte[64 << 10])))
                        .getString("body")
                        .length());

        HttpResponse<String> declared = send(request(uri).POST(BodyPublishers.ofByteArray(new byte[(64 << 10) + 1])));

        assertEquals(413, declared.statusCode());
        assertTrue(declared.body().contains("\"" + expected + "\""), declared.body());
    }

    @ParameterizedTest
    @CsvSource({"/v1/apps/a, BadRequestError", "/v1/metrics/dau, Request-URI Too Long"})
    void refusesAUrlThatIsTooLong(String uri, String expected) throws Exception {
        HttpResponse<String> response = send(get(uri + "?text=" + "x".repeat(9_000)));

        assertEquals(414, response.statusCode());
        assertTrue(response.body().contains("\"The URL is too long\""), response.body());
    }

    @Test
    void refusesHeadersThatAreTooLarge() throws Exception {
        HttpResponse<String> response = send(get("/v1/orgs/o/analytics").header("X-Large", "x".repeat(9_000)));

        assertEquals(400, response.statusCode());
        assertEquals("BAD_REQUEST", new JsonObject(response.body()).getString("error"));
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/apps/a/logs, Authorization, Bearer a, Bearer b, x-api-key",
        "/v1/metrics/dau, x-api-key, a, b, Authorization",
        "/v1/metrics/dau, x-session-token, a, b, Authorization",
        "/v1/analytics/integrations/usage, x-api-key, a, b, Authorization",
        "/v1/orgs/o/analytics, Authorization, Bearer a, Bearer b, x-session-token"
    })
    void limitsEachCallerByWhatTheFamilyAuthenticatesBy(
            String uri, String header, String one, String other, String ignored) throws Exception {
        restart(backend(echo("any")), Map.of("QUARRY_GATEWAY_RATE", "1", "QUARRY_GATEWAY_BURST", "2"));
        // A made-up header that the family does not look at makes nobody a new caller.
        List<Integer> first =
                statusesAtOnce(number -> get(uri).header(header, one).header(ignored, "invented-" + number));
        int second = send(get(uri).header(header, other)).statusCode();

        assertTrue(Collections.frequency(first, 200) >= 3, first.toString());
        assertTrue(first.contains(429), first.toString());
        assertEquals(200, second);
        String traces = nginx.traces();
        assertFalse(traces.contains("invented") || traces.contains(": a") || traces.contains("Bearer"), traces);
    }

    @Test
    void limitsCallersWithoutCredentialByAddress() throws Exception {
        restart(backend(echo("any")), Map.of("QUARRY_GATEWAY_RATE", "1", "QUARRY_GATEWAY_BURST", "2"));

        List<Integer> statuses = statusesAtOnce(number -> get("/v1/metrics/dau"));

        assertTrue(statuses.contains(429), statuses.toString());
    }

    @Test
    void limitsCallersWithChangingKeysByAddress() throws Exception {
        restart(backend(echo("any")), Map.of("QUARRY_GATEWAY_ADDRESS_RATE", "1", "QUARRY_GATEWAY_ADDRESS_BURST", "2"));

        List<Integer> statuses =
                statusesAtOnce(number -> get("/v1/metrics/dau").header("x-api-key", "made-up-" + number));

        assertTrue(statuses.contains(429), statuses.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /v1/apps/a/logs | {"success":false,"status":429,"error":{"message":"Rate limit exceeded","type":"RateLimitError"}}
            /v1/metrics/dau | {"statusCode":429,"error":"Too Many Requests","message":"Rate limit exceeded","retryAfter":1}
            /v1/analytics/integrations/usage | {"error":"rate_limited","message":"Rate limit exceeded"}
            """)
    void saysInTheFamilysWordsThatACallerAsksTooOften(String uri, String expected) throws Exception {
        restart(backend(echo("any")), FEW_REQUESTS);

        HttpResponse<String> response = send(get(uri));
        for (int asked = 0; asked < 100 && response.statusCode() != 429; asked++) {
            response = send(get(uri));
        }

        assertEquals(429, response.statusCode());
        assertEquals(List.of("1"), response.headers().allValues("Retry-After"));
        assertEquals(new JsonObject(expected), new JsonObject(response.body()));
    }

    @Test
    void limitsTheRequestsOfACallerAtTheSameTime() throws Exception {
        restart(
                backend(request -> {
                    if (request.path().endsWith("/tail")) {
                        request.response().setChunked(true).write("data: 1\n\n");
                    } else {
                        request.response().end("{}");
                    }
                }),
                Map.of("QUARRY_GATEWAY_CONNECTIONS", "2"));
        HttpRequest.Builder further = get("/v1/apps/a/logs").header("Authorization", "Bearer a");

        try (var first = Wire.connect(nginx.port());
                var second = Wire.connect(nginx.port())) {
            for (Socket tail : List.of(first, second)) {
                tail.getOutputStream()
                        .write(Wire.ascii(
                                "GET /v1/apps/a/logs/tail HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\n\r\n"));
                Wire.readUntil(tail.getInputStream(), "data: 1\n\n");
            }

            HttpResponse<String> refused = send(further);
            assertEquals(429, refused.statusCode());
            assertEquals(List.of("1"), refused.headers().allValues("Retry-After"));
            assertEquals(
                    new JsonObject(
                            "{\"success\":false,\"status\":429,\"error\":{\"message\":\"Rate limit exceeded\",\"type\":\"RateLimitError\"}}"),
                    new JsonObject(refused.body()));
            assertEquals(
                    200,
                    send(get("/v1/apps/a/logs").header("Authorization", "Bearer b"))
                            .statusCode());
        }
        await().until(() -> send(further).statusCode() == 200);
    }

    @Test
    void logsARequestAsJsonWithoutItsCredentialsAndQuery() throws Exception {
        send(get("/v1/metrics/users-by?search=private-words")
                .header("x-api-key", "secret-one")
                .header("Authorization", "Bearer secret-two")
                .header("x-session-token", "secret-three")
                .header("Cookie", "secret-four")
                .header("X-Request-Id", "logged"));

        JsonObject line = accesses(1).getFirst();
        assertEquals("logged", line.getString("requestId"));
        assertEquals("GET", line.getString("method"));
        assertEquals("/v1/metrics/users-by", line.getString("path"));
        assertEquals(200, line.getInteger("status"));
        assertEquals("metrics", line.getString("family"));
        assertEquals("127.0.0.1", line.getString("client"));
        assertFalse(nginx.traces().contains("secret"), nginx.traces());
        assertFalse(nginx.traces().contains("private"), nginx.traces());
    }

    @Test
    void logsNoQueryOfARequestThatItRefusesOrCannotForward() throws Exception {
        restart(Wire.closedPort(), FEW_REQUESTS);
        String uri = "/v1/metrics/users-by?search=private-words";
        var statuses = new TreeSet<>(statusesAtOnce(number -> get(uri)));
        statuses.add(send(request(uri)
                        .header("x-api-key", "another")
                        .POST(BodyPublishers.ofByteArray(new byte[(64 << 10) + 1])))
                .statusCode());

        assertEquals(Set.of(413, 429, 502), statuses);
        accesses(31);
        assertFalse(nginx.traces().contains("private"), nginx.traces());
    }

    @Test
    void keepsItsConnectionsToTheServices() throws Exception {
        var connections = new HashMap<Integer, Integer>();
        for (int asked = 0; asked < 20; asked++) {
            connections.merge(echo(get("/v1/apps")).getInteger("connection"), 1, Integer::sum);
        }

        assertTrue(connections.size() < 20, connections.toString());
    }

    @Test
    void repeatsOnlyIdempotentRequestsWhenAConnectionBreaks() throws Exception {
        var asked = new AtomicInteger();
        restart(
                backend(request -> {
                    if (asked.incrementAndGet() == 1) {
                        request.connection().close();
                    } else {
                        request.response().end("{}");
                    }
                }),
                Map.of());

        assertEquals(200, send(get("/v1/apps")).statusCode());
        assertEquals(2, asked.get());

        asked.set(0);
        assertEquals(
                502,
                send(request("/v1/apps").POST(BodyPublishers.ofString("a"))).statusCode());
        assertEquals(1, asked.get());
    }

    @Test
    void forwardsEachEventAtOnceAndClosesTheServicesConnectionWhenTheClientLeaves() throws Exception {
        var stream = new CompletableFuture<HttpServerRequest>();
        var left = new CompletableFuture<Void>();
        restart(
                backend(request -> {
                    request.connection().closeHandler(ignored -> left.complete(null));
                    request.response()
                            .setChunked(true)
                            .putHeader("Content-Type", "text/event-stream")
                            .write("data: 1\n\n");
                    stream.complete(request);
                }),
                Map.of());

        try (var socket = Wire.connect(nginx.port())) {
            socket.getOutputStream()
                    .write(Wire.ascii("GET /v1/apps/a/logs/tail HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"));
            Wire.readUntil(socket.getInputStream(), "data: 1\n\n");
            stream.get(30, TimeUnit.SECONDS).response().write("data: 2\n\n");
            Wire.readUntil(socket.getInputStream(), "data: 2\n\n");
            assertFalse(left.isDone());
        }
        left.get(30, TimeUnit.SECONDS);
    }

    @Test
    void compressesALargeAnswerForClientsThatAcceptIt() throws Exception {
        String large = "{\"numbers\":\"" + "0123456789".repeat(1_000) + "\"}";
        restart(
                backend(request -> request.response()
                        .putHeader("Content-Type", "application/json;charset=UTF-8")
                        .end(large)),
                Map.of());

        HttpResponse<byte[]> compressed =
                client.send(get("/v1/apps").header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());

        assertEquals("gzip", header(compressed, "Content-Encoding"));
        assertEquals("Accept-Encoding", header(compressed, "Vary"));
        assertTrue(compressed.body().length < large.length() / 4);
        try (var plain = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
            assertEquals(large, new String(plain.readAllBytes(), StandardCharsets.UTF_8));
        }
        assertEquals(large, send(get("/v1/apps")).body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"200", "304", "404", "429"})
    void allowsASiteOnTheAnswersOfServicesOnce(int status) throws Exception {
        for (boolean allowed : List.of(true, false)) {
            restart(
                    backend(request -> {
                        if (allowed) {
                            request.response().putHeader("Access-Control-Allow-Origin", SITE);
                            request.response().putHeader("Access-Control-Expose-Headers", "ETag");
                        }
                        request.response().setStatusCode(status).end();
                    }),
                    Map.of("QUARRY_GATEWAY_CORS_ORIGINS", SITES));

            HttpResponse<String> answer = send(get("/v1/metrics/dau").header("Origin", SITE));

            assertEquals(status, answer.statusCode());
            assertEquals(List.of(SITE), answer.headers().allValues("Access-Control-Allow-Origin"));
            assertEquals(
                    List.of(allowed ? "ETag" : exposedByServices()),
                    answer.headers().allValues("Access-Control-Expose-Headers"));
            assertEquals("", header(answer, "Access-Control-Allow-Methods"));
        }
    }

    @ParameterizedTest
    @CsvSource({"/q/metrics, 404", "/v1/apps/../metrics, 400", "/v1/metrics/dau, 502", "/v1/metrics/dau, 429"})
    void allowsASiteOnItsOwnErrors(String uri, int status) throws Exception {
        restart(Wire.closedPort(), SITES_AND_FEW_REQUESTS);

        HttpResponse<String> answer = send(get(uri).header("Origin", SITE));
        for (int asked = 0; asked < 100 && answer.statusCode() != status; asked++) {
            answer = send(get(uri).header("Origin", SITE));
        }

        assertEquals(status, answer.statusCode());
        assertEquals(List.of(SITE), answer.headers().allValues("Access-Control-Allow-Origin"));
        assertEquals(List.of(exposedByServices()), answer.headers().allValues("Access-Control-Expose-Headers"));
        assertEquals(List.of("Origin"), answer.headers().allValues("Vary"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://elsewhere.example",
                "https://dashboard.example.elsewhere.example",
                "https://dashboardxexample",
                "http://dashboard.example",
                "https://dashboard.example/",
                "https://dashboard.example:8443",
                "https://dashboard.exampl",
                SITES,
                SITE + " " + SITE,
                ",https://elsewhere.example,|https://elsewhere.example",
                "https://elsewhere.example|" + SITE,
                "|" + SITE,
                ",",
                "null",
                ""
            })
    void allowsNoOtherSite(String origin) throws Exception {
        restart(Wire.closedPort(), Map.of("QUARRY_GATEWAY_CORS_ORIGINS", SITES));

        for (HttpRequest.Builder request :
                List.of(get("/q/metrics"), get("/v1/metrics/dau"), preflight("/v1/metrics/dau"))) {
            HttpResponse<String> answer = send(request.setHeader("Origin", origin));
            assertTrue(Set.of(404, 502).contains(answer.statusCode()), answer::toString);
            assertEquals(
                    Set.of(),
                    answer.headers().map().keySet().stream()
                            .filter(name -> name.startsWith("access-control-"))
                            .collect(Collectors.toSet()));
            assertEquals(List.of("Origin"), answer.headers().allValues("Vary"));
        }
    }

    @Test
    void allowsNoSiteByDefault() throws Exception {
        for (String origin : List.of(SITE, "", ",", "null")) {
            HttpResponse<String> answer = send(get("/q/metrics").header("Origin", origin));
            assertEquals("", header(answer, "Access-Control-Allow-Origin"));
            assertEquals("", header(answer, "Vary"));
        }
    }

    @Test
    void answersPreflightsItselfAndDoesNotCountThem() throws Exception {
        restart(Wire.closedPort(), SITES_AND_FEW_REQUESTS);

        assertEquals(
                Set.of(204),
                Set.copyOf(statusesAtOnce(
                        number -> preflight("/v1/apps/a/logs/tail").header("Origin", SITE))));
        HttpResponse<String> answer = send(preflight("/v1/metrics/dau").header("Origin", SITE));
        assertEquals("", answer.body());
        assertEquals(List.of(SITE), answer.headers().allValues("Access-Control-Allow-Origin"));
        assertEquals("GET,HEAD", header(answer, "Access-Control-Allow-Methods"));
        assertEquals("x-api-key,x-request-id", header(answer, "Access-Control-Allow-Headers"));
        assertEquals("600", header(answer, "Access-Control-Max-Age"));
    }

    private HttpRequest.Builder preflight(String uri) {
        return request(uri)
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Access-Control-Request-Method", "GET")
                .header("Access-Control-Request-Headers", "x-api-key,x-request-id");
    }

    /** The headers that services with CORS let pages read. */
    private static String exposedByServices() throws IOException {
        var properties = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(
                System.getProperty("quarry.home"),
                "common/src/main/resources/META-INF/microprofile-config.properties"))) {
            properties.load(file);
        }
        return properties.getProperty("quarkus.http.cors.exposed-headers");
    }

    private void restart(int port, Map<String, String> settings) throws IOException {
        nginx.close();
        start(port, port, port, port, settings);
    }

    /** The patterns of the program that counts answers, on the lines that nginx sends to it. */
    @Test
    void answersOfTheGatewayAreToldFromThoseOfServicesInTheLinesToCount() throws Exception {
        String program =
                Files.readString(Path.of(System.getProperty("quarry.home"), "deploy/gateway/metrics/counts.mtail"));
        List<Pattern> patterns = Pattern.compile("(?m)^ *\\/(.+)\\/ \\{$")
                .matcher(program)
                .results()
                .map(pattern -> Pattern.compile(pattern.group(1).replace("(?P<", "(?<")))
                .toList();
        assertEquals(2, patterns.size());
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
            nginx.close();
            start(
                    backend(request -> request.response().setStatusCode(404).end("{}")),
                    Wire.closedPort(),
                    backend(request -> request.response().setStatusCode(502).end("{}")),
                    backend(echo("orgs")),
                    Map.of(
                            "QUARRY_GATEWAY_COUNTS",
                            "syslog:server=127.0.0.1:%d,nohostname".formatted(socket.getLocalPort())));
            Map<String, String> counted = Map.of(
                    "/v1/apps/a/logs", "service apps 4",
                    "/v1/metrics/dau", "gateway metrics 5",
                    "/v1/analytics/integrations", "service integrations 5",
                    "/v1/orgs/o", "service orgs 2",
                    "/v1/orgs/../o", "gateway orgs 4",
                    "/q/metrics", "gateway none 4");
            for (var entry : counted.entrySet()) {
                send(get(entry.getKey()));
                var packet = new DatagramPacket(new byte[2_048], 2_048);
                socket.receive(packet);
                String line = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
                assertTrue(line.endsWith("\n"), line);
                Matcher answer = patterns.getFirst().matcher(line);
                assertTrue(answer.find(), line);
                String origin = patterns.getLast().matcher(line).find() ? "gateway" : "service";
                assertEquals(
                        entry.getValue(), origin + " " + answer.group("family") + " " + answer.group("class"), line);
            }
        }
    }

    private void start(int apps, int metrics, int integrations, int orgs, Map<String, String> settings)
            throws IOException {
        var all = new HashMap<>(Map.of(
                "QUARRY_APPS_UPSTREAM", "127.0.0.1:" + apps,
                "QUARRY_METRICS_UPSTREAM", "127.0.0.1:" + metrics,
                "QUARRY_INTEGRATIONS_UPSTREAM", "127.0.0.1:" + integrations,
                "QUARRY_ORGS_UPSTREAM", "127.0.0.1:" + orgs,
                // Not what the tests come through.
                "QUARRY_GATEWAY_TRUSTED", "192.0.2.0/24",
                "QUARRY_GATEWAY_RATE", "1000",
                "QUARRY_GATEWAY_BURST", "1000"));
        all.putAll(settings);
        nginx = Nginx.start(directory, all);
    }

    private int backend(Handler<HttpServerRequest> handler) {
        HttpServer server = vertx.createHttpServer().requestHandler(handler);
        return server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    private static Handler<HttpServerRequest> echo(String service) {
        return request -> request.body().onSuccess(body -> {
            var headers = new JsonObject();
            request.headers()
                    .forEach(header -> headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
            request.response()
                    .putHeader("Content-Type", "application/json")
                    .end(new JsonObject()
                            .put("service", service)
                            .put("method", request.method().name())
                            .put("uri", request.uri())
                            .put("connection", request.remoteAddress().port())
                            .put("headers", headers)
                            .put("body", body.toString())
                            .toBuffer());
        });
    }

    private HttpRequest.Builder request(String uri) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + nginx.port() + uri));
    }

    private HttpRequest.Builder get(String uri) {
        return request(uri).GET();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private JsonObject echo(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = send(request);
        assertEquals(200, response.statusCode(), response.body());
        return new JsonObject(response.body());
    }

    /** Of many more requests than the limits of the tests let through at a time. */
    private List<Integer> statusesAtOnce(IntFunction<HttpRequest.Builder> request) {
        return IntStream.range(0, 30)
                .mapToObj(number -> client.sendAsync(request.apply(number).build(), BodyHandlers.discarding()))
                .toList()
                .stream()
                .map(response -> response.join().statusCode())
                .toList();
    }

    /** As the service saw it; null when it did not. */
    private static String sent(JsonObject echo, String header) {
        return echo.getJsonObject("headers").getString(header);
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private List<JsonObject> accesses(int atLeast) {
        return await().until(nginx::accesses, lines -> lines.size() >= atLeast);
    }
}
