package dev.quarry.largeanswers;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.testing.RawRequest;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One large answer at a time: a client that does not read its answer blocks all others. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@TestProfile(LargeAnswersTest.OneAtATime.class)
class LargeAnswersTest {
    @TestHTTPResource("/")
    URI root;

    public static class OneAtATime implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarry.fairness.places-per-organization", "2",
                    "quarry.fairness.queue-timeout", "0s",
                    "quarry.large-answers.answer-timeout", "10m");
        }
    }

    @Test
    void brokenAnswerIsNotWellFormedJson() throws IOException {
        StalledClient.awaitTurn();
        String whole = RawRequest.send(root, "GET /probe/large?makeable=-1&rows=10000 HTTP/1.1");
        String broken = RawRequest.send(root, "GET /probe/large?makeable=9000&rows=10000 HTTP/1.1");

        assertTrue(whole.startsWith("HTTP/1.1 200"), whole);
        assertTrue(whole.endsWith(StalledClient.LAST_CHUNK), () -> whole.substring(whole.length() - 100));
        // What was on its way when the connection was closed may be missing too.
        assertTrue(broken.isEmpty() || broken.startsWith("HTTP/1.1 200"), broken);
        assertFalse(broken.contains("row 9000"), broken);
        assertFalse(broken.endsWith(StalledClient.LAST_CHUNK), () -> broken.substring(broken.length() - 100));
    }

    @Test
    void failureBeforeTheFirstByteHasTheErrorBodyOfTheApi() {
        StalledClient.awaitTurn();
        given().get("/probe/large?makeable=0&rows=10000").then().statusCode(500).body("kind", equalTo("Internal"));
    }

    @Test
    void requestIsRefusedIfNoSlotGetsFree() throws IOException {
        try (var _ = StalledClient.connect(root)) {
            given().get(StalledClient.SHORT)
                    .then()
                    .statusCode(429)
                    .header("Retry-After", "1")
                    .body("kind", equalTo("TooManyRequests"));
        }
        StalledClient.awaitTurn();
    }

    @Test
    void slotIsFreedWhenTheClientDisconnects() throws IOException {
        StalledClient.connect(root).close();

        StalledClient.awaitTurn();
    }
}
