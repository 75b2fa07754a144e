package dev.quarry.fairness;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An organisation with slow queries beside others, on the real engine. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@TestProfile(FairSharesTest.Small.class)
class FairSharesTest {
    private static final int PLACES = 4;
    private static final int OWN_PLACES = 2;
    private static final int OWN_WAITING = 62;

    @TestHTTPResource("/")
    URI root;

    public static class Small implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarry.fairness.places", Integer.toString(PLACES),
                    "quarry.fairness.places-per-organization", Integer.toString(OWN_PLACES),
                    "quarry.fairness.waiting-per-organization", Integer.toString(OWN_WAITING),
                    "quarry.fairness.queue-timeout", "1m",
                    "quarry.clickhouse.guards.time", "60s");
        }
    }

    @AfterEach
    void nothingRuns() {
        SlowRequests.awaitRunning(0);
        awaitGauge("quarry_fairness_places_taken", 0);
        awaitGauge("quarry_fairness_waiting", 0);
    }

    @Test
    void whoAsksTooMuchIsRefusedAndNobodyElse() throws IOException {
        TestCaller greedy = TestCaller.create(Permissions.METRICS_READ);
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);
        try (SlowRequests _ = SlowRequests.send(root, Collections.nCopies(OWN_PLACES + OWN_WAITING, greedy))) {
            SlowRequests.awaitRunning(OWN_PLACES);
            awaitGauge("quarry_fairness_waiting", OWN_WAITING);

            other.withApiKey().get("/probe/events").then().statusCode(200);
            greedy.withApiKey()
                    .get("/probe/events")
                    .then()
                    .statusCode(429)
                    .header("Retry-After", "1")
                    .body("kind", equalTo("TooManyRequests"));
            // Another credential of the same organisation.
            greedy.withSession().get("/probe/events").then().statusCode(429);
            other.withApiKey().get("/probe/events").then().statusCode(200);
        }
    }

    @Test
    void abandonedRequestsEndTheirQueries() throws IOException {
        List<TestCaller> callers = Stream.generate(() -> TestCaller.create(Permissions.METRICS_READ))
                .limit(6)
                .flatMap(caller -> Stream.generate(() -> caller).limit(4))
                .toList();
        assertEquals(24, callers.size());
        try (SlowRequests _ = SlowRequests.send(root, callers)) {
            SlowRequests.awaitRunning(PLACES);
        }

        SlowRequests.awaitRunning(0);
        callers.getFirst().withApiKey().get("/probe/events").then().statusCode(200);
        assertEquals(0, Scrape.now().sum("quarry_engine_query_seconds_count", "outcome", "unreachable"));
    }

    private static void awaitGauge(String name, int value) {
        await().atMost(SlowRequests.SOON)
                .until(() -> Scrape.now().samples(name).getFirst().value() == value);
    }
}
