package dev.quarry.local.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The local gateway and that of deployments answer unusual requests in the same way, in front of the same services. */
@Timeout(60)
class BothGatewaysTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final List<String> PREFIXES =
            List.of("/v1/apps", "/v1/metrics", "/v1/analytics/integrations", "/v1/orgs");
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");

    @TempDir
    private static Path directory;

    private static Nginx nginx;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws IOException {
        Nginx.require();
        int port = echo();
        String address = "127.0.0.1:" + port;
        nginx = Nginx.start(
                directory,
                Map.of(
                        "QUARRY_APPS_UPSTREAM", address,
                        "QUARRY_METRICS_UPSTREAM", address,
                        "QUARRY_INTEGRATIONS_UPSTREAM", address,
                        "QUARRY_ORGS_UPSTREAM", address,
                        "QUARRY_GATEWAY_TRUSTED", "192.0.2.0/24",
                        "QUARRY_GATEWAY_RATE", "1000",
                        "QUARRY_GATEWAY_BURST", "1000"));
        gateway = Gateway.start(
                0,
                List.of(
                        new Upstream("apps", "Apps", "/v1/apps", port),
                        new Upstream("metrics", "Metrics", "/v1/metrics", port),
                        new Upstream("integrations", "Integrations", "/v1/analytics/integrations", port),
                        new Upstream("org", "Organisations", "/v1/orgs", port)),
                new Limits(64 << 10, Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(10)),
                new SignIn("code", JsonObject::new));
    }

    @AfterAll
    static void stop() {
        if (nginx != null) {
            nginx.close();
        }
        if (gateway != null) {
            gateway.close();
        }
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    /** Answers with what it understood. */
    private static int echo() {
        HttpServer server = VERTX.createHttpServer()
                .requestHandler(request -> request.body()
                        .onSuccess(body -> request.response()
                                .putHeader("Content-Type", "application/json")
                                .end(new JsonObject()
                                        .put("method", request.method().name())
                                        .put("uri", request.uri())
                                        .put("body", body.toString())
                                        .toBuffer())));
        return server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%2F",
                "/a%2fb",
                "//a",
                "/%00",
                "/%zz",
                "/a%",
                "/\u00e9",
                "/a/../../x",
                "/..",
                "/a/./b",
                "/%2e%2e/x",
                "/%252e",
                "/%5c",
                "/a;b/c",
                "/a#b",
                "/a#%zz"
            })
    void refuseAMalformedPathInTheFormatOfItsFamily(String end) throws IOException {
        for (String prefix : PREFIXES) {
            String request = "GET " + prefix + end + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            String expected = exchange(nginx.port(), request);
            assertTrue(expected.startsWith("HTTP/1.1 400 "), expected);
            String actual = exchange(gateway.port(), request);
            assertTrue(actual.startsWith("HTTP/1.1 400 "), actual);
            assertEquals(body(expected), body(actual), request);
            for (String header : List.of("Content-Type", "X-Content-Type-Options", "Content-Security-Policy")) {
                assertEquals(header(expected, header), header(actual, header), request);
            }
        }
    }

    /** The local gateway's server reads 64 KiB of a line and of the headers, nginx less. */
    static Stream<String> oversizeRequests() {
        return PREFIXES.stream().flatMap(prefix -> {
            String end = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
            Stream<String> lines = Stream.of(9_000, 300_000)
                    .map("x"::repeat)
                    .flatMap(text -> Stream.of(
                            "GET " + prefix + "/a?text=" + text + end + "\r\n",
                            "GET " + prefix + "/a" + end + "X-Large: " + text + "\r\n\r\n"));
            Stream<String> others = Stream.of(
                    "GET " + prefix + "/a" + end + "X-Small: x\r\n".repeat(10_000) + "\r\n",
                    "POST " + prefix + "/a" + end + "Content-Length: 65537\r\n\r\n" + "x".repeat(65_537));
            return Stream.concat(lines, others);
        });
    }

    @ParameterizedTest
    @MethodSource("oversizeRequests")
    void refuseAnOversizeRequestInTheFormatOfItsFamily(String request) throws IOException {
        String expected = exchange(nginx.port(), request);
        String actual = exchange(gateway.port(), request);

        assertEquals(statuses(expected), statuses(actual), expected + actual);
        JsonObject expectedBody = body(expected);
        assertEquals(expectedBody.fieldNames(), body(actual).fieldNames());
        if (!expected.startsWith("HTTP/1.1 400 ")) {
            assertEquals(expectedBody, body(actual));
        }
    }

    /**
     * Requests that two readers may split differently. What follows is a second request, whose answer would show that a
     * gateway has taken it for one.
     */
    static Stream<String> ambiguousRequests() {
        String second = "GET /v1/metrics/second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        String chunked = "5\r\nhello\r\n0\r\n\r\n";
        return Stream.of(
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked,
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + chunked,
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
                                + chunked,
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello",
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello",
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello",
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello",
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n" + chunked,
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n" + chunked,
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" + chunked,
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n" + chunked,
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + chunked,
                        "POST /v1/apps HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked,
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
                        "GET /v1/apps HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                        "GET /v1/apps HTTP/1.1\r\nAccept: a\r\n\r\n",
                        "GET /v1/apps HTTP/1.1\r\nHost: a/b\r\n\r\n",
                        "get /v1/apps HTTP/1.1\r\nHost: a\r\n\r\n",
                        "GET /v1/apps HTTP/1.1\r\nHost: a\r\nX-Nul: a\0b\r\n\r\n",
                        "POST /v1/apps HTTP/1.1\r\nHost: a\r\nContent_Length: 5\r\n\r\n")
                .map(request -> request + second);
    }

    @ParameterizedTest
    @MethodSource("ambiguousRequests")
    void splitARequestInTheSameWay(String requests) throws IOException {
        String expected = exchange(nginx.port(), requests);
        String actual = exchange(gateway.port(), requests);

        // Vert.x closes the connection without an answer if the body of a request is malformed.
        if (!actual.isEmpty() || statuses(expected).contains("200")) {
            assertEquals(
                    outcome(expected), outcome(actual), () -> requests + "\n---\n" + expected + "\n---\n" + actual);
        }
    }

    /** The status of each answer, and which requests the services saw. */
    private static String outcome(String answers) {
        List<String> seen = new ArrayList<>();
        Pattern.compile("\\{\"method\":[^}]*}").matcher(answers).results().forEach(match -> seen.add(match.group()));
        return statuses(answers) + " " + seen;
    }

    private static List<String> statuses(String answers) {
        return STATUS.matcher(answers)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    private static JsonObject body(String answer) {
        JsonObject body = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        body.remove("requestId");
        if (body.containsKey("timestamp")) {
            body.put("timestamp", body.getString("timestamp").replaceAll("\\d", "#"));
        }
        return body;
    }

    private static String header(String answer, String name) {
        return answer.lines()
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .findFirst()
                .orElse("")
                .replaceFirst("^[^:]*: *", "");
    }

    /** Reads until the other side closes the connection. Letters are bytes of ISO 8859-1. */
    private static String exchange(int port, String request) throws IOException {
        try (Socket socket = Wire.connect(port)) {
            var answer = new StringBuilder();
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                byte[] bytes = new byte[8_192];
                for (int read = socket.getInputStream().read(bytes);
                        read >= 0;
                        read = socket.getInputStream().read(bytes)) {
                    answer.append(new String(bytes, 0, read, StandardCharsets.ISO_8859_1));
                }
            } catch (SocketTimeoutException open) {
                answer.append("(the connection stays open)");
            } catch (IOException reset) {
                // What was read counts.
                return answer.toString();
            }
            return answer.toString();
        }
    }
}
