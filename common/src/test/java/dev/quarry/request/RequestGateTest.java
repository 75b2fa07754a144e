package dev.quarry.request;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.testing.RawRequest;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class RequestGateTest {
    @TestHTTPResource("/")
    URI root;

    @Test
    void keepsAWellFormedRequestId() {
        given().header("X-Request-Id", "abc-1.2_3")
                .get("/probe/nowhere")
                .then()
                .header("X-Request-Id", "abc-1.2_3")
                .body("requestId", equalTo("abc-1.2_3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "quote\"", "ümlaut", "semi;colon", "a,b"})
    void replacesAMalformedRequestId(String offered) {
        given().header("X-Request-Id", offered)
                .get("/probe/nowhere")
                .then()
                .header("X-Request-Id", matchesPattern("[0-9a-f]{32}"));
    }

    @Test
    void replacesAnOverlongRequestId() {
        given().header("X-Request-Id", "x".repeat(65))
                .get("/probe/nowhere")
                .then()
                .header("X-Request-Id", matchesPattern("[0-9a-f]{32}"));
    }

    @Test
    void serverTimingHeaderIsSet() {
        given().get("/probe/nowhere")
                .then()
                .header("Server-Timing", matchesPattern("engine;dur=0\\.00, total;dur=\\d+\\.\\d\\d"));
    }

    @Test
    void wellFormedRequestPasses() throws IOException {
        String answer = RawRequest.send(root, "GET /probe/nowhere?x=%20 HTTP/1.1");
        assertTrue(answer.startsWith("HTTP/1.1 404 "), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/probe/failing?hours=%zz", "/probe/failing?%", "/probe/%zz"})
    void refusesInvalidPercentEncoding(String target) throws IOException {
        String answer = RawRequest.send(root, "GET " + target + " HTTP/1.1");

        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains("\"kind\":\"Malformed\""), answer);
        assertTrue(answer.toLowerCase(java.util.Locale.ROOT).contains("x-request-id: "), answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    text=a;count=3&count=5         | n, 5, none, a;count=3
                    count=5&text=%3B;              | n, 5, none, ;;
                    text=;&count=5                 | n, 5, none, ;
                    count=5&text=a+b;&text=c%20d;e | n, 5, none, c d;e
                    """)
    void aSemicolonIsAPartOfAValue(String query, String expected) {
        given().urlEncodingEnabled(false)
                .get("/probe/parameters/n?" + query)
                .then()
                .statusCode(200)
                .body(equalTo(expected));
    }

    @Test
    void refusesASemicolonInThePath() throws IOException {
        String answer = RawRequest.send(root, "GET /probe/parameters/n;m?count=5 HTTP/1.1");

        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains("send it as %3B"), answer);
    }

    @Test
    void survivesRequestsThatAreNotHttp() throws IOException {
        RawRequest.send(root, "NONSENSE");
        assertEquals(404, given().get("/probe/nowhere").statusCode());
    }
}
