package dev.quarry.rollup;

import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.postgres.DedicatedConnections;
import dev.quarry.postgres.Postgres;
import dev.quarry.probe.ProbeRollup;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestEngine;
import dev.quarry.testing.Verified;
import dev.quarry.time.Ticker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two shards, each refined by a job of its own. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class ShardsTest {
    private static final DateTimeFormatter TO_MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    RollupJob job;

    @Inject
    Freshness freshness;

    @Inject
    Auditor auditor;

    @Inject
    ProbeRollup probe;

    @Inject
    RollupClickHouse clickHouse;

    @Inject
    Shards shards;

    @Inject
    ClickHouseConfiguration address;

    @Inject
    RollupConfiguration configuration;

    @Inject
    DedicatedConnections connections;

    @Inject
    Postgres postgres;

    @Inject
    OpenTelemetry telemetry;

    @Inject
    Clock clock;

    @Inject
    Ticker ticker;

    /** Their events are on shard 1 and 2. */
    private TestCaller first;

    private TestCaller second;

    @BeforeEach
    void bothAreCounted() {
        assumeTrue(TestEngine.isCluster());
        ProbeRollup.createTable();
        Stores.execute("TRUNCATE TABLE event_marks");
        first = TestCaller.createOnShard(1, Permissions.METRICS_READ);
        second = TestCaller.createOnShard(2, Permissions.METRICS_READ);
        insert(first, "2026-03-01");
        insert(second, "2026-03-01");
        assertTrue(job.run());
        assertEquals("2026-03-01\t1\n", gold(first));
        assertEquals("2026-03-01\t1\n", gold(second));
        freshness.read();
    }

    @AfterEach
    void letItWork() {
        probe.beforeRebuild(() -> {});
    }

    @Test
    void aShardThatIsAwayStopsOnlyItsOwnTenants() {
        Instant before = asOf(second);
        leave(2);
        try {
            insert(first, "2026-03-02");
            insert(second, "2026-03-02");
            Instant acknowledged = clickHouse.now().minus(clickHouse.replicaDelay());
            assertThrows(RollupException.class, job::run);
            assertThrows(RollupException.class, job::run);
            freshness.read();

            assertEquals("2026-03-01\t1\n2026-03-02\t1\n", gold(first));
            assertEquals("2026-03-01\t1\n", gold(second));
            assertFalse(asOf(first).isBefore(acknowledged));
            assertEquals(before, asOf(second));
            header(first, asOf(first));
            header(second, before);
            // An organisation that no job has seen may be on the shard that is away.
            header(TestCaller.create(Permissions.METRICS_READ), before);
            assertTrue(lag("1") < lag("2"));
        } finally {
            comeBack(2);
        }

        Instant back = clickHouse.now().minus(clickHouse.replicaDelay());
        assertTrue(job.run());
        freshness.read();

        assertEquals("2026-03-01\t1\n2026-03-02\t1\n", gold(second));
        assertFalse(asOf(second).isBefore(back));
        header(second, asOf(second));
    }

    /** A rebuild that waits for its shard takes the thread of that shard only. */
    @Test
    void aShardThatHangsStopsOnlyItsOwnTenants() throws InterruptedException {
        RollupConfiguration often = with(
                RollupConfiguration.class, configuration, Map.of("enabled", true, "interval", Duration.ofMillis(10)));
        CountDownLatch answers = new CountDownLatch(1);
        probe.beforeRebuild(batch -> {
            if (batch.organizations().contains(second.organization())) {
                await(answers);
            }
        });
        insert(first, "2026-03-02");
        insert(second, "2026-03-02");
        RollupJob hanging = job(shards, often);
        try {
            awaitGold(first, "2026-03-01\t1\n2026-03-02\t1\n");
            insert(first, "2026-03-03");
            awaitGold(first, "2026-03-01\t1\n2026-03-02\t1\n2026-03-03\t1\n");
            assertEquals("2026-03-01\t1\n", gold(second));

            answers.countDown();
            awaitGold(second, "2026-03-01\t1\n2026-03-02\t1\n");
        } finally {
            answers.countDown();
            hanging.stop(null);
        }
    }

    @Test
    void twoReplicasMayEachRefineAShard() {
        insert(first, "2026-03-02");
        insert(second, "2026-03-02");
        try (AdvisoryLock _ = AdvisoryLock.tryTake(connections, "probe", 1).orElseThrow()) {
            assertFalse(job.run());

            assertEquals("2026-03-01\t1\n", gold(first));
            assertEquals("2026-03-01\t1\n2026-03-02\t1\n", gold(second));
            assertTrue(AdvisoryLock.tryTake(connections, "probe", 1).isEmpty());
        }
        assertTrue(job.run());
        assertEquals("2026-03-01\t1\n2026-03-02\t1\n", gold(first));
    }

    /** Of a replica with other settings, a command that erases users, or an operator. */
    @Test
    void theLockOfAllShardsExcludesThoseOfSingleShards() {
        insert(first, "2026-03-02");
        try (AdvisoryLock _ = AdvisoryLock.tryTake(connections, "probe").orElseThrow()) {
            assertFalse(job.run());
            assertEquals("2026-03-01\t1\n", gold(first));
        }
        try (AdvisoryLock _ = AdvisoryLock.tryTake(connections, "probe", 2).orElseThrow()) {
            assertTrue(AdvisoryLock.tryTake(connections, "probe").isEmpty());
        }
        AdvisoryLock.tryTake(connections, "probe").orElseThrow().close();
    }

    @Test
    void anOrganisationIsVerifiedAndRepairedWhileAnotherShardIsAway() {
        alterGold(first);
        leave(2);
        try {
            assertEquals(new Verified(1, 1, List.of(), List.of()), verify(first));
            assertEquals("2026-03-01\t1\n", gold(first));
        } finally {
            comeBack(2);
        }
        alterGold(second);
        assertEquals(new Verified(1, 1, List.of(), List.of()), verify(second));
        assertEquals("2026-03-01\t1\n", gold(second));
    }

    @Test
    void anOrganisationThatMovesIsAsFreshAsTheLeastRecentOfItsShards() throws IOException {
        leave(2);
        try {
            assertThrows(RollupException.class, job::run);
            freshness.read();
            assertTrue(asOf(first).isAfter(asOf(second)));
            Revision before = freshness.revision(first.organization()).orElseThrow();

            String moves = move(first.organization(), 2);
            Stores.inPostgres(connection -> connection.createStatement().execute(moves));
            freshness.read();

            assertEquals(asOf(second), asOf(first));
            assertNotSame(before, freshness.revision(first.organization()).orElseThrow());
        } finally {
            comeBack(2);
        }
    }

    @Test
    void aReplicaThatStartsKnowsTheShardOfEachOrganisation() {
        leave(2);
        try {
            assertThrows(RollupException.class, job::run);
            freshness.read();
            Freshness another = TestFreshness.ofAnotherReplica(List.of(probe), postgres, address, clock);
            another.read();

            assertEquals(asOf(first), another.asOf(first.organization()).orElseThrow());
            assertEquals(asOf(second), another.asOf(second.organization()).orElseThrow());
            assertEquals(Set.of(1), another.shards(first.organization()));
            TestFreshness.stop(another);
        } finally {
            comeBack(2);
        }
    }

    @Test
    void aReplicaThatStartsBeforeTheFirstPassLearnsTheShards() {
        Stores.inPostgres(connection -> connection
                .createStatement()
                .execute("TRUNCATE rollup_progress, rollup_revisions, rollup_shards, organization_shards"));
        Freshness another = TestFreshness.ofAnotherReplica(List.of(probe), postgres, address, clock);
        another.read();
        assertTrue(another.asOf(first.organization()).isEmpty());

        insert(first, "2026-03-02");
        assertTrue(job.run());
        another.read();

        assertEquals(Set.of(1), another.shards(first.organization()));
        assertEquals(Set.of(), another.shards(second.organization()));
        TestFreshness.stop(another);
    }

    /** Nobody would count the events of the other shards. */
    @Test
    void aClusterWithMoreShardsThanTheSettingSaysIsNotRefined() {
        Shards one = new Shards(clickHouse, withShards(1), configuration, telemetry);
        RollupException refusal = assertThrows(RollupException.class, job(one, configuration)::run);

        assertEquals("The cluster has 2 shards, but quarry.clickhouse.shards is 1", refusal.getMessage());
        one.close();
    }

    /** While the setting changes, each replica hears what the others refine, whatever their setting. */
    @Test
    void replicasThatRefineAllShardsTogetherAndApartHearOfEachOther() {
        Freshness together = TestFreshness.ofAnotherReplica(List.of(probe), postgres, withShards(0), clock);
        RollupJob ofAll = job(new Shards(clickHouse, withShards(0), configuration, telemetry), configuration);
        assertTrue(ofAll.run());
        freshness.read();
        together.read();
        Instant asOf = together.asOf(first.organization()).orElseThrow();
        Revision other = together.revision(first.organization()).orElseThrow();
        Revision unchanged = together.revision(second.organization()).orElseThrow();

        insert(first, "2026-03-02");
        assertTrue(job.run());
        together.read();
        assertNotSame(other, together.revision(first.organization()).orElseThrow());
        assertSame(unchanged, together.revision(second.organization()).orElseThrow());
        assertEquals(asOf, together.asOf(first.organization()).orElseThrow());

        insert(first, "2026-03-03");
        freshness.read();
        Revision one = freshness.revision(first.organization()).orElseThrow();
        Instant apart = asOf(first);
        assertTrue(ofAll.run());
        freshness.read();
        assertEquals("2026-03-01\t1\n2026-03-02\t1\n2026-03-03\t1\n", gold(first));
        assertNotSame(one, freshness.revision(first.organization()).orElseThrow());
        assertEquals(apart, asOf(first));
        TestFreshness.stop(together);
    }

    /** A bucket of shard 1 that cannot be rebuilt, and a pass of shard 2, which knows nothing of it. */
    @Test
    void onlyItsOwnShardKnowsWhetherAnOrganisationIsBehind() {
        Instant before = asOf(first);
        probe.beforeRebuild(batch -> {
            if (batch.organizations().contains(first.organization())) {
                throw new RollupException("The day cannot be counted", null);
            }
        });
        insert(first, "2026-03-02");
        assertThrows(RollupException.class, job::run);
        insert(second, "2026-03-02");
        job.run();
        freshness.read();

        assertEquals(before, asOf(first));
        assertTrue(asOf(second).isAfter(before));
    }

    /** The statement of CLUSTER.md that says in PostgreSQL that an organisation moves. */
    private static String move(String organization, int shard) throws IOException {
        return Pattern.compile("WITH moving AS.*?;", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../deploy/schema/CLUSTER.md")))
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElseThrow()
                .replace("org_large', 3)", "org_large', " + shard + ")")
                .replace("org_large", organization);
    }

    private RollupJob job(Shards some, RollupConfiguration settings) {
        return new RollupJob(
                List.of(probe),
                some,
                settings,
                connections,
                freshness,
                new SimpleMeterRegistry(),
                telemetry,
                clock,
                ticker);
    }

    private ClickHouseConfiguration withShards(int number) {
        return with(ClickHouseConfiguration.class, address, Map.of("shards", number));
    }

    /** The same settings, with these instead. */
    private static <T> T with(Class<T> type, T settings, Map<String, Object> others) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> others.containsKey(method.getName())
                        ? others.get(method.getName())
                        : method.invoke(settings, arguments)));
    }

    private static void leave(int shard) {
        rename(shard, "event_marks", "event_marks_away");
    }

    private static void comeBack(int shard) {
        rename(shard, "event_marks_away", "event_marks");
    }

    private static void rename(int shard, String from, String to) {
        Stores.execute("RENAME TABLE %1$s.%2$s TO %1$s.%3$s".formatted(TestEngine.databaseOfShard(shard), from, to));
    }

    private static void insert(TestCaller caller, String day) {
        Stores.insert(
                "events",
                List.of(Map.of(
                        "organization_id",
                        caller.organization(),
                        "event_id",
                        UUID.randomUUID().toString(),
                        "time",
                        day + " 10:00:00.000",
                        "kind",
                        "tool_call")));
    }

    private static void alterGold(TestCaller caller) {
        Stores.execute("ALTER TABLE probe_days UPDATE events = 99 WHERE organization = '%s' SETTINGS mutations_sync = 1"
                .formatted(caller.organization()));
    }

    private Verified verify(TestCaller caller) {
        return Verified.of(caller.organization(), () -> {
            try {
                auditor.work();
            } catch (RollupException ofAnother) {
                // The turn also compares organisations of other shards, after the verification.
                assertTrue(ofAnother.getMessage().contains("event_marks"), ofAnother.getMessage());
            }
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new RollupException("The job was stopped", stopped);
        }
    }

    private static void awaitGold(TestCaller caller, String expected) {
        Awaitility.await().atMost(PATIENCE).until(() -> gold(caller), expected::equals);
    }

    private Instant asOf(TestCaller caller) {
        return freshness.asOf(caller.organization()).orElseThrow();
    }

    private static void header(TestCaller caller, Instant asOf) {
        caller.withApiKey()
                .get("/probe/events")
                .then()
                .statusCode(200)
                .header(Freshness.HEADER, equalTo(TO_MILLISECONDS.format(asOf)));
    }

    private static double lag(String shard) {
        return Scrape.now().sum("quarry_rollup_lag_seconds", "shard", shard);
    }

    private static String gold(TestCaller caller) {
        return Stores.execute("SELECT day, events FROM probe_days FINAL WHERE organization = '%s' ORDER BY day"
                .formatted(caller.organization()));
    }
}
