package dev.quarry.tabular;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.RawRequest;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Asks for a table from the cache of answers, and for one whose format RESTEasy alone chooses. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class FormatChoiceTest {
    private static final String CACHED = "/probe/cached-events/format";
    private static final String OF_RESTEASY = "/probe/table";

    @TestHTTPResource("/")
    URI root;

    private TestCaller caller;

    @BeforeEach
    void aCaller() {
        caller = TestCaller.create(Permissions.METRICS_READ);
    }

    /** The first header is the one of Java's own client before Java 18. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2 | application/json",
                "text/html                           | application/json",
                "application/*                       | application/json",
                "application/xml                     | application/json",
                "text/event-stream                   | application/json",
                "json                                | application/json",
                "application/                        | application/json",
                "application/json;q=x                | application/json",
                "''                                  | application/json",
                "text/csv                            | text/csv",
                "text/*;q=.2                         | text/csv",
                "application/vnd.apache.arrow.stream | application/vnd.apache.arrow.stream"
            })
    void everyAcceptHeaderGetsAnAnswer(String accepted, String mediaType) {
        for (String path : List.of(CACHED, OF_RESTEASY)) {
            caller.withApiKey()
                    .header("Accept", accepted)
                    .get(path)
                    .then()
                    .statusCode(200)
                    .contentType(startsWith(mediaType));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept-Language", "Accept-Encoding", "Accept-Charset"})
    void headersBesideAcceptAreNotRead(String header) {
        for (String odd : List.of("x;q=.2", "x;q=y", ";", "*")) {
            caller.withApiKey()
                    .header("Accept", "text/csv")
                    .header(header, odd)
                    .get(CACHED)
                    .then()
                    .statusCode(200)
                    .contentType(startsWith("text/csv"));
        }
    }

    @Test
    void everyLineOfTheHeaderCounts() throws IOException {
        String line = "GET " + OF_RESTEASY + " HTTP/1.1\r\nAccept: text/html\r\nAccept: ";

        assertEquals("application/json", contentType(RawRequest.send(root, line + "json")));
        assertEquals("text/csv", contentType(RawRequest.send(root, line + "text/csv")));
    }

    /** As FastAPI, which answers JSON. */
    @Test
    void aResourceWithoutATableIgnoresTheHeader() {
        caller.withApiKey()
                .header("Accept", "text/csv")
                .get("/probe/events")
                .then()
                .statusCode(200)
                .contentType("application/json");
    }

    /** The metrics have a handler of their own, which does not have this format here. */
    @Test
    void leavesTheHeaderToTheResourcesOfOperators() {
        given().header("Accept", "application/openmetrics-text; version=1.0.0")
                .get("/q/metrics")
                .then()
                .statusCode(406);
    }

    /** Media type only. */
    private static String contentType(String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        return answer.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-type: "))
                .map(line -> line.substring("content-type: ".length()).replaceFirst(";.*", ""))
                .findFirst()
                .orElseThrow();
    }
}
