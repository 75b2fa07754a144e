package dev.quarry.testing;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import io.restassured.RestAssured;
import io.restassured.http.Method;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks what an operator sees of a service, and the failures that belong to no endpoint. A service extends this class
 * once to be tested in this JVM, and extends that class to be tested as it is packaged.
 */
public abstract class OperationsTests {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A request with valid credentials. */
    protected abstract RequestSpecification request();

    /** A path that {@link #request} may read. Its answer needs the engine. */
    protected abstract String path();

    /** Checks the body of a failure against the family's published document. */
    protected abstract void checkFailure(String body);

    @Test
    void healthChecksAreUp() {
        for (String check : new String[] {"live", "ready", "started"}) {
            given().get("/q/health/" + check).then().statusCode(200).body("status", equalTo("UP"));
        }
    }

    @Test
    void healthListsEachStoreOnce() {
        List<String> ready =
                given().get("/q/health/ready").then().statusCode(200).extract().path("checks.name");
        List<String> all =
                given().get("/q/health").then().statusCode(200).extract().path("checks.name");
        assertEquals(1, ready.size(), ready.toString());
        for (String store : List.of("ClickHouse", "PostgreSQL")) {
            assertEquals(1, Collections.frequency(all, store), all.toString());
        }
    }

    @Test
    void metricsCountRequests() {
        double before = requests();
        request().get(path()).then().statusCode(200);

        await().atMost(PATIENCE).until(() -> requests() == before + 1);
    }

    /** Number of answered requests, except those of operators. */
    private static double requests() {
        return Scrape.now().samples("http_server_requests_seconds_count").stream()
                .filter(sample -> !"/q".equals(sample.labels().get("uri")))
                .mapToDouble(Scrape.Sample::value)
                .sum();
    }

    @Test
    void servesItsApiDocument() {
        given().get("/q/openapi?format=json").then().statusCode(200).body("openapi", equalTo("3.1.0"));
        given().get("/q/openapi").then().statusCode(200).body(startsWith("---\nopenapi: 3.1.0"));
        given().get("/q/swagger-ui/").then().statusCode(200).contentType("text/html");
        given().get("/q/swagger-ui/swagger-ui-bundle.js").then().statusCode(200);
    }

    @Test
    void answersHaveARequestIdAndServerTiming() {
        request()
                .get(path())
                .then()
                .statusCode(200)
                .header("X-Request-Id", matchesPattern("[0-9a-f]{32}"))
                .header("Server-Timing", matchesPattern("engine;dur=(?!0\\.00)[0-9.]+, total;dur=(?!0\\.00)[0-9.]+"));
        request()
                .header("X-Request-Id", "mine-1")
                .get(path())
                .then()
                .statusCode(200)
                .header("X-Request-Id", "mine-1");
    }

    @Test
    void failuresHaveTheErrorBodyOfTheApi() {
        checkFailure(failure(given().get(path()).then().statusCode(401)));
        checkFailure(failure(request().get("/v1/nowhere").then().statusCode(404)));
        checkFailure(failure(request().post(path()).then().statusCode(405).header("Allow", containsString("GET"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%zz", "?%zz", "#", "#%zz", "#?%zz", "?a=b#%zz", "?a=b#c"})
    void malformedUrlIsABadRequest(String end) throws IOException {
        checkRefusal(400, send(path() + end, "Host: test"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"made-up", "http:made-up", "*"})
    void targetThatIsNoPathIsABadRequest(String target) throws IOException {
        checkRefusal(400, send(target, "Host: test"));
    }

    /** Only the packaged service loads the class that passes these requests on. */
    @Test
    void requestThatNettyCannotReadIsABadRequest() throws IOException {
        assumeTrue(getClass().isAnnotationPresent(QuarkusIntegrationTest.class));
        for (String end : List.of("?hours=\t1", "?hours= 1", "\t/x")) {
            checkRefusal(400, send(path() + end, "Host: test"));
        }
        checkRefusal(400, send(path(), "Host: test\r\nX Y: test"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: x:y", "Host: 127.0.0.1:99999", "Host: [::1", "Host: a b", "X-No-Host: test"})
    void malformedHostIsABadRequest(String host) throws IOException {
        checkRefusal(400, send(path() + "?private=words", host));
        checkRefusal(400, send("/v1/made-up/" + Integer.toHexString(host.hashCode()), host));

        Set<String> known = new HashSet<>(EveryRouteTests.documented());
        known.addAll(Set.of("/q", "/unmatched"));
        Set<String> counted = new HashSet<>();
        Scrape.now()
                .samples("http_server_requests_seconds_count")
                .forEach(sample -> counted.add(sample.labels().get("uri")));
        counted.removeAll(known);
        assertEquals(Set.of(), counted);
    }

    @Test
    void urlsOfEightKilobytesAreRead() throws IOException {
        for (int length : new int[] {4_000, 4_100, 6_000, 8_000}) {
            String answer = send(path() + "?unknown=" + "x".repeat(length - path().length()), "Host: test");
            checkRefusal(401, answer);
        }
        checkRefusal(414, send(path() + "?unknown=" + "x".repeat(8_200), "Host: test"));
        checkRefusal(414, send(path() + "?unknown=" + "x".repeat(60_000), "Host: test"));
    }

    @Test
    void oversizeHeadersAndBodiesAreRefused() throws IOException {
        checkRefusal(431, send(path(), "Host: test\r\nX-Large: " + "x".repeat(17_000)));
        checkRefusal(431, send(path(), "Host: test\r\nX-Large: " + "x".repeat(60_000)));
        checkRefusal(413, send(path(), "Host: test\r\nContent-Length: 65537\r\n\r\n" + "x".repeat(65_537)));
        checkRefusal(413, send(path(), "Host: test\r\nContent-Length: 99999999999999999\r\n\r\n"));
    }

    /** Only the packaged service loads the class that passes these requests on. */
    @ParameterizedTest
    @ValueSource(ints = {70_000, 300_000, 2_000_000})
    void requestThatIsLongerThanNettyReadsIsRefused(int length) throws IOException {
        assumeTrue(getClass().isAnnotationPresent(QuarkusIntegrationTest.class));
        checkRefusal(414, send(path() + "?unknown=" + "x".repeat(length), "Host: test"));
        checkRefusal(431, send(path(), "Host: test\r\nX-Large: " + "x".repeat(length)));
        checkRefusal(431, send(path(), "Host: test" + "\r\nX-Small: x".repeat(length / 12)));
    }

    @Test
    void everyRouteAllowsOnlyGet() {
        for (String route : EveryRouteTests.documented()) {
            String path = route.replaceAll("\\{[^}]*}", "some");
            for (Method method : List.of(Method.POST, Method.PUT, Method.PATCH, Method.DELETE)) {
                checkFailure(failure(
                        request().request(method, path).then().statusCode(405).header("Allow", containsString("GET"))));
            }
        }
        checkFailure(failure(request().post("/v1/nowhere").then().statusCode(404)));
    }

    @Test
    void everyAnswerOfTheApiHasTheSameHeaders() {
        for (ValidatableResponse answer : List.of(
                request().get(path()).then().statusCode(200),
                given().get(path()).then().statusCode(401),
                request().get("/v1/nowhere").then().statusCode(404),
                request().post(path()).then().statusCode(405))) {
            answer.header("Content-Type", "application/json")
                    .header("X-Content-Type-Options", "nosniff")
                    .header("Referrer-Policy", "no-referrer")
                    .header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                    .header("Cache-Control", containsString("private"));
        }
    }

    @Test
    void pagesOfTheDocumentsRunOnlyScriptsOfTheService() {
        for (String page : List.of("/q/swagger-ui/", "/q/openapi", "/q/openapi?format=json")) {
            given().get(page)
                    .then()
                    .statusCode(200)
                    .header("X-Content-Type-Options", "nosniff")
                    .header("Content-Security-Policy", startsWith("default-src 'self'; script-src 'self' "))
                    .header("Content-Security-Policy", containsString("frame-ancestors 'none'"));
        }
    }

    @Test
    void everyRefusalOfACredentialHasAChallenge() {
        for (RequestSpecification request : List.of(
                given(),
                given().header("x-api-key", "unknown").header("Authorization", "unknown"),
                given().header("Authorization", "Bearer unknown"),
                given().header("x-session-token", "unknown"))) {
            request.get(path()).then().statusCode(401).header("WWW-Authenticate", matchesPattern("\\S+.*"));
        }
    }

    @Test
    void answers503WhileTheEngineIsDownAndRecovers() {
        assumeTrue(TestEngine.isOurs());
        given().get("/q/health/ready").then().statusCode(200);
        try {
            TestEngine.kill();
            checkFailure(failure(request().get(path()).then().statusCode(503).header("Retry-After", "1")));
            given().get("/q/health/ready").then().statusCode(200);
            given().get("/q/health").then().statusCode(503);
            given().get("/q/health/live").then().statusCode(200);
        } finally {
            TestEngine.restart();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> request().get(path()).then().statusCode(200));
        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get("/q/health").then().statusCode(200));
    }

    /** Sends a GET request that no client library would send, and returns the whole answer. */
    private static String send(String target, String headers) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            String request = "GET " + target + " HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void checkRefusal(int status, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        int end = answer.indexOf("\r\n\r\n");
        String head = answer.substring(0, end + 2).toLowerCase(Locale.ROOT);
        assertTrue(head.contains("\r\ncontent-type: application/json\r\n"), answer);
        assertTrue(head.contains("\r\nx-request-id: "), answer);
        checkFailure(answer.substring(end));
    }

    private static String failure(ValidatableResponse response) {
        return response.contentType("application/json").extract().asString();
    }
}
