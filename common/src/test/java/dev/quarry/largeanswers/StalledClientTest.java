package dev.quarry.largeanswers;

import static org.junit.jupiter.api.Assertions.assertFalse;

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

/** One large answer at a time, each of which has to be read within a second. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@TestProfile(StalledClientTest.Hasty.class)
class StalledClientTest {
    @TestHTTPResource("/")
    URI root;

    public static class Hasty implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarry.fairness.places-per-organization", "2",
                    "quarry.fairness.queue-timeout", "0s",
                    "quarry.large-answers.answer-timeout", "1s");
        }
    }

    @Test
    void stalledClientLosesItsSlotAndItsConnection() throws IOException {
        try (StalledClient client = StalledClient.connect(root)) {
            StalledClient.awaitTurn();

            assertFalse(client.rest().endsWith(StalledClient.LAST_CHUNK));
        }
    }
}
