package dev.quarry.testing;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

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

    @Test
    void malformedUrlIsABadRequest() throws IOException {
        String answer = send("GET " + path() + "%zz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        checkFailure(answer.substring(answer.indexOf("\r\n\r\n")));
    }

    @Test
    void answers503WhileTheEngineIsDownAndRecovers() {
        assumeTrue(TestEngine.isOurs());
        try {
            TestEngine.kill();
            checkFailure(failure(request().get(path()).then().statusCode(503).header("Retry-After", "1")));
            given().get("/q/health/ready").then().statusCode(503);
            given().get("/q/health/live").then().statusCode(200);
        } finally {
            TestEngine.restart();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> request().get(path()).then().statusCode(200));
        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    }

    /** Sends a request that no client library would send, and returns the whole answer. */
    private static String send(String request) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String failure(ValidatableResponse response) {
        return response.contentType("application/json").extract().asString();
    }
}
