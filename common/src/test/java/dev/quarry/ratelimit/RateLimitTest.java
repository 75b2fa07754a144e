package dev.quarry.ratelimit;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.postgres.Postgres;
import dev.quarry.postgres.TestPostgres;
import dev.quarry.probe.ProbeRollup;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
@TestProfile(RateLimitTest.FiveAMinute.class)
class RateLimitTest {
    public static class FiveAMinute implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarry.rate-limit.requests", "5");
        }
    }

    private record TwoHundred(OptionalInt requests, Duration window, Duration storeTimeout)
            implements RateLimitConfiguration {
        TwoHundred() {
            this(Duration.ofSeconds(30));
        }

        TwoHundred(Duration storeTimeout) {
            this(OptionalInt.of(200), Duration.ofMinutes(1), storeTimeout);
        }
    }

    @Inject
    TestClock clock;

    @Inject
    Postgres postgres;

    @Inject
    Vertx vertx;

    private TestCaller caller;

    @BeforeEach
    void aKeyOfItsOwn() {
        clock.setTo(Instant.now());
        caller = TestCaller.create(Permissions.METRICS_READ);
    }

    @AfterEach
    void letTheClockRun() {
        clock.reset();
    }

    @Test
    void allowsExactlyTheConfiguredNumberOfRequests() {
        for (int remaining = 4; remaining >= 0; remaining--) {
            caller.withApiKey()
                    .get("/probe/caller")
                    .then()
                    .statusCode(200)
                    .header("RateLimit-Policy", equalTo("\"default\";q=5;w=60"))
                    .header("RateLimit", matchesPattern("\"default\";r=" + remaining + ";t=(60|[1-5]?\\d)"));
        }
        for (int attempt = 0; attempt < 2; attempt++) {
            caller.withApiKey()
                    .get("/probe/caller")
                    .then()
                    .statusCode(429)
                    .body("kind", equalTo("TooManyRequests"))
                    .header("Retry-After", matchesPattern("60|[1-5]?\\d"))
                    .header("RateLimit", matchesPattern("\"default\";r=0;t=\\d+"));
        }
        TestCaller.create(Permissions.METRICS_READ)
                .withApiKey()
                .get("/probe/caller")
                .then()
                .statusCode(200);
    }

    /** Cached answers to repeated requests are sent before routing. */
    @Test
    void repeatedRequestsOverTheLimitAreRefused() {
        ProbeRollup.createTable();
        Rollups.run();
        for (int remaining = 4; remaining >= 0; remaining--) {
            caller.withApiKey()
                    .get("/probe/cached-events/limited")
                    .then()
                    .statusCode(200)
                    .header("RateLimit", matchesPattern("\"default\";r=" + remaining + ";t=\\d+"));
        }
        for (int attempt = 0; attempt < 2; attempt++) {
            caller.withApiKey()
                    .get("/probe/cached-events/limited")
                    .then()
                    .statusCode(429)
                    .body("kind", equalTo("TooManyRequests"))
                    .header("Retry-After", matchesPattern("60|[1-5]?\\d"));
        }
    }

    /** After a second, another replica may have returned a share. */
    @Test
    void keyOverItsLimitIsRefusedWithoutAStatementForASecond() {
        exhaust();
        forgetInPostgres();
        caller.withApiKey().get("/probe/caller").then().statusCode(429);

        clock.setTo(clock.instant().plusSeconds(1));

        caller.withApiKey().get("/probe/caller").then().statusCode(200);
    }

    @Test
    void keyOverItsLimitIsNotRefusedForLongerIfTheClockGoesBack() {
        exhaust();
        forgetInPostgres();
        clock.setTo(clock.instant().minusSeconds(3_600));

        caller.withApiKey().get("/probe/caller").then().statusCode(200);
    }

    @Test
    void newWindowStartsAfterThePreviousOneEnds() {
        exhaust();
        Stores.inPostgres(connection -> connection
                .createStatement()
                .execute("UPDATE rate_limits SET window_start = window_start - interval '60 seconds'"));
        clock.setTo(clock.instant().plusSeconds(61));

        caller.withApiKey()
                .get("/probe/caller")
                .then()
                .statusCode(200)
                .header("RateLimit", matchesPattern("\"default\";r=4;t=\\d+"));
    }

    @Test
    void newWindowStartsIfPostgresqlsClockHasGoneBack() {
        String key = UUID.randomUUID().toString();
        count(replica(), key);
        Stores.inPostgres(connection -> connection
                .createStatement()
                .execute("UPDATE rate_limits SET window_start = window_start + interval '1 hour'"));

        assertEquals(1, count(replica(), key).used());
    }

    @Test
    void countsRequestsThatAreRefusedForOtherReasons() {
        TestCaller powerless = TestCaller.create();
        powerless.withApiKey().get("/probe/caller").then().statusCode(403).header("RateLimit", notNullValue());
    }

    @Test
    void replicasShareOneLimit() {
        String key = UUID.randomUUID().toString();
        RateLimit[] replicas = {replica(), replica()};
        long admitted = IntStream.range(0, 600)
                .parallel()
                .filter(i -> isAdmitted(replicas[i % 2], key))
                .count();
        assertTrue(admitted <= 200, () -> admitted + " of 200 requests were admitted");

        for (RateLimit replica : replicas) {
            replica.returnUnused(Duration.ZERO);
        }
        assertEquals(
                200 - admitted,
                IntStream.range(0, 300)
                        .filter(i -> isAdmitted(replicas[i % 2], key))
                        .count());
    }

    @Test
    void randomTrafficOfThreeReplicasUsesExactlyTheLimit() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int history = 0; history < 20; history++) {
            String key = UUID.randomUUID().toString();
            List<RateLimit> replicas = List.of(replica(), replica(), replica());
            int admitted = 0;
            for (int step = 0; step < 250; step++) {
                RateLimit replica = replicas.get(random.nextInt(3));
                if (random.nextInt(20) == 0) {
                    replica.returnUnused(Duration.ZERO);
                } else if (isAdmitted(replica, key)) {
                    admitted++;
                }
            }
            replicas.forEach(replica -> replica.returnUnused(Duration.ZERO));
            for (int step = 0; step < 201; step++) {
                admitted += isAdmitted(replicas.get(step % 3), key) ? 1 : 0;
                replicas.get(step % 3).returnUnused(Duration.ZERO);
            }
            assertEquals(200, admitted, "seed " + seed);
        }
    }

    @Test
    void busyKeyNeedsFewStatements() {
        String key = UUID.randomUUID().toString();
        RateLimit replica = replica();
        for (int used = 1; used <= 100; used++) {
            assertEquals(used, count(replica, key).used());
        }
        assertEquals("t", inPostgres("SELECT share > 1 FROM rate_limits WHERE key = '" + key + "'"));
    }

    @Test
    void unusedShareGoesBackByItself() {
        String key = UUID.randomUUID().toString();
        RateLimit replica = replica();
        for (int used = 1; used <= 4; used++) {
            count(replica, key);
        }
        Awaitility.await()
                .untilAsserted(
                        () -> assertEquals("4", inPostgres("SELECT used FROM rate_limits WHERE key = '" + key + "'")));
        assertEquals(5, count(replica, key).used());
    }

    /** Each request asks for twice as many as the one before. All are counted alone before PostgreSQL answers. */
    @Test
    void shareThatArrivesLateIsNotLost() {
        String key = UUID.randomUUID().toString();
        RateLimit replica = replica();
        RateLimit impatient =
                new RateLimit(new TwoHundred(Duration.ofMillis(250)), postgres, clock, new SimpleMeterRegistry());
        count(replica, key);
        whileLocked(key, () -> {
            List<CompletableFuture<RateLimit.Count>> asked = IntStream.range(0, 5)
                    .mapToObj(_ -> impatient.count(key).subscribeAsCompletionStage())
                    .toList();
            assertEquals(
                    List.of(1, 2, 3, 4, 5),
                    asked.stream().map(answer -> answer.join().used()).sorted().toList());
            awaitTaking(5);
        });
        awaitTaking(0);
        Awaitility.await().untilAsserted(() -> {
            impatient.returnUnused(Duration.ZERO);
            assertEquals("6", inPostgres("SELECT used FROM rate_limits WHERE key = '" + key + "'"));
        });

        assertEquals(
                194,
                IntStream.range(0, 300).filter(_ -> isAdmitted(replica, key)).count());
    }

    /** Otherwise the replica would use its share in the next window. */
    @Test
    void windowDoesNotEndLaterBecausePostgresqlAnswersLate() {
        String key = UUID.randomUUID().toString();
        RateLimit replica = replica();
        count(replica, key);
        Instant asked = clock.instant();
        AtomicReference<CompletableFuture<RateLimit.Count>> answer = new AtomicReference<>();
        whileLocked(key, () -> {
            answer.set(replica.count(key).subscribeAsCompletionStage());
            awaitTaking(1);
            clock.setTo(asked.plusSeconds(30));
        });

        Instant end = answer.get().join().end();
        assertFalse(end.isAfter(asked.plusSeconds(60)), end + " is more than a minute after " + asked);
    }

    /** Keeps PostgreSQL from counting the key's requests. */
    private static void whileLocked(String key, Runnable work) {
        Stores.inPostgres(connection -> {
            connection.setAutoCommit(false);
            connection.createStatement().execute("SELECT 1 FROM rate_limits WHERE key = '" + key + "' FOR UPDATE");
            work.run();
            connection.rollback();
        });
    }

    /** Waits until PostgreSQL works on so many requests for shares. */
    private static void awaitTaking(int statements) {
        Awaitility.await().untilAsserted(() -> assertEquals(Integer.toString(statements), inPostgres("""
                        SELECT count(*) FROM pg_stat_activity
                        WHERE state = 'active' AND query LIKE 'INSERT INTO rate_limits%'
                        """)));
    }

    @Test
    void shareOfAnEarlierWindowDoesNotGoBack() {
        String key = UUID.randomUUID().toString();
        RateLimit[] replicas = {replica(), replica()};
        for (int used = 1; used <= 2; used++) {
            count(replicas[0], key);
        }
        Stores.inPostgres(connection -> connection
                .createStatement()
                .execute("UPDATE rate_limits SET window_start = window_start - interval '60 seconds'"));
        assertEquals(1, count(replicas[1], key).used());

        replicas[0].returnUnused(Duration.ZERO);

        assertEquals("1", inPostgres("SELECT used FROM rate_limits WHERE key = '" + key + "'"));
    }

    /** Otherwise two replicas that return shares of the same keys could wait for each other. */
    @Test
    void sharesGoBackInTheOrderOfTheirKeys() {
        String prefix = UUID.randomUUID().toString();
        List<String> keys =
                IntStream.range(10, 40).mapToObj(number -> prefix + number).toList();
        RateLimit replica = replica();
        for (String key : keys.reversed()) {
            for (int used = 1; used <= 4; used++) {
                count(replica, key);
            }
        }
        String ofKeys = " FROM rate_limits WHERE starts_with(key, '" + prefix + "')";
        Stores.inPostgres(connection -> {
            connection.setAutoCommit(false);
            connection
                    .createStatement()
                    .execute("SELECT 1 FROM rate_limits WHERE key = '" + keys.getFirst() + "' FOR UPDATE");
            Thread.startVirtualThread(() -> replica.returnUnused(Duration.ZERO));
            Awaitility.await()
                    .untilAsserted(() -> assertEquals(
                            "t",
                            inPostgres("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND mode = 'ShareLock'")));
            assertEquals(
                    "29", inPostgres("SELECT count(*) FROM (SELECT 1" + ofKeys + " FOR UPDATE SKIP LOCKED) AS free"));
            connection.rollback();
        });
        Awaitility.await().untilAsserted(() -> assertEquals("120", inPostgres("SELECT sum(used)" + ofKeys)));
    }

    private RateLimit replica() {
        return new RateLimit(new TwoHundred(), postgres, clock, new SimpleMeterRegistry());
    }

    private static boolean isAdmitted(RateLimit replica, String key) {
        return count(replica, key).used() <= 200;
    }

    private static RateLimit.Count count(RateLimit replica, String key) {
        return replica.count(key).await().atMost(Duration.ofSeconds(30));
    }

    private static String inPostgres(String sql) {
        AtomicReference<String> found = new AtomicReference<>();
        Stores.inPostgres(connection -> {
            try (var rows = connection.createStatement().executeQuery(sql)) {
                rows.next();
                found.set(rows.getString(1));
            }
        });
        return found.get();
    }

    @Test
    void countsLocallyWhilePostgresIsUnreachable() {
        var meters = new SimpleMeterRegistry();
        var alone = new RateLimit(new TwoHundred(), TestPostgres.away(vertx), clock, meters);
        for (int used = 1; used <= 3; used++) {
            assertEquals(used, count(alone, "key").used());
        }
        assertEquals(3, meters.counter("quarry.rate.limit.alone").count());
        clock.setTo(clock.instant().plusSeconds(60));
        assertEquals(1, count(alone, "key").used());
        clock.setTo(clock.instant().minusSeconds(3_600));
        assertEquals(1, count(alone, "key").used());
    }

    @Test
    void metricsCountAllowedAndRefusedRequests() {
        double admitted = decisions("admitted");
        double refused = decisions("refused");

        exhaust();

        assertEquals(admitted + 5, decisions("admitted"));
        assertEquals(refused + 1, decisions("refused"));
    }

    private static double decisions(String decision) {
        return Scrape.now().sum("quarry_rate_limit_requests_total", "decision", decision);
    }

    private void exhaust() {
        for (int i = 0; i < 6; i++) {
            caller.withApiKey().get("/probe/caller").then().statusCode(i < 5 ? 200 : 429);
        }
    }

    private void forgetInPostgres() {
        Stores.inPostgres(connection -> connection.createStatement().execute("DELETE FROM rate_limits"));
    }
}
