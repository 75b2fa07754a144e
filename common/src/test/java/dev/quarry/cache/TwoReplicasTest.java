package dev.quarry.cache;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.caller.Permissions;
import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.clickhouse.RetentionView;
import dev.quarry.postgres.Postgres;
import dev.quarry.probe.ProbeRollup;
import dev.quarry.retention.DataSince;
import dev.quarry.rollup.Freshness;
import dev.quarry.rollup.RollupConfiguration;
import dev.quarry.rollup.RollupDefinition;
import dev.quarry.rollup.RollupException;
import dev.quarry.rollup.RollupJob;
import dev.quarry.rollup.TestFreshness;
import dev.quarry.tabular.TableAnswers;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestEngine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Random inserts, passes, failures and questions on two replicas: no answer lacks an event that it claims to count. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class TwoReplicasTest {
    private static final int HISTORIES = 6;
    private static final int STEPS = 60;

    @All
    @Inject
    List<RollupDefinition> rollups;

    @Inject
    RollupJob job;

    @Inject
    RollupConfiguration rollup;

    @Inject
    ClickHouseConfiguration clickHouse;

    @Inject
    RetentionView retention;

    @Inject
    DataSince since;

    @Inject
    Postgres postgres;

    @Inject
    ObjectMapper json;

    @Inject
    TableAnswers tables;

    @Inject
    ProbeRollup probe;

    @Inject
    Clock clock;

    private record Replica(Freshness freshness, AnswerCache cache, SimpleMeterRegistry meters) {
        double hits() {
            return meters.counter("quarry.answer.cache.requests", "result", "hit")
                    .count();
        }
    }

    private record Limits(long bytes, double organizationShare) implements AnswerCacheConfiguration {}

    @AfterEach
    void letRebuildsSucceed() {
        probe.beforeRebuild(() -> {});
    }

    @Test
    void answersCountEveryEventUpToTheirMoment() {
        ProbeRollup.createTable();
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Replica> replicas = List.of(replica(), replica());
        for (int history = 0; history < HISTORIES; history++) {
            history(replicas, random, "seed " + seed);
        }
        replicas.forEach(replica -> TestFreshness.stop(replica.freshness()));
        // On a cluster, an answer is remembered only once the revision is older than the replicas' delay.
        for (Replica replica : TestEngine.isCluster() ? List.<Replica>of() : replicas) {
            assertTrue(replica.hits() > HISTORIES, "hits: " + replica.hits());
        }
    }

    private void history(List<Replica> replicas, Random random, String seed) {
        TestCaller owner = TestCaller.create(Permissions.METRICS_READ);
        Caller caller = new Caller(owner.organization(), Set.of(), Mechanism.API_KEY, "key");
        List<Instant> acknowledged = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            Replica replica = replicas.get(random.nextInt(2));
            switch (random.nextInt(10)) {
                case 0 -> acknowledged.add(insert(caller.organization(), random));
                case 1, 2 -> pass(random.nextInt(4) == 0);
                case 3, 4 -> replica.freshness().read();
                default -> check(replica, caller, acknowledged, seed);
            }
        }
    }

    private void check(Replica replica, Caller caller, List<Instant> acknowledged, String seed) {
        Optional<Instant> asOf = replica.freshness().asOf(caller.organization());
        var answer = (CachedAnswer) replica.cache()
                .<Object>answer(caller, "", () -> gold(caller.organization()))
                .getEntity();
        long counted = Long.parseLong(new String(answer.body(), StandardCharsets.UTF_8));
        long promised = asOf.map(moment -> acknowledged.stream()
                        .filter(event -> !event.isAfter(moment))
                        .count())
                .orElse(0L);
        assertTrue(
                promised <= counted && counted <= acknowledged.size(),
                () -> "%d of %d promised events of %d at %s, %s"
                        .formatted(counted, promised, acknowledged.size(), asOf, seed));
    }

    /** Returns a moment of the engine's clock after the event was acknowledged. */
    private static Instant insert(String organization, Random random) {
        Stores.execute("""
                INSERT INTO events (organization_id, event_id, time, kind)
                VALUES ('%s', generateUUIDv4(), '2026-03-0%d 10:00:00.000', 'tool_call')
                """.formatted(organization, 1 + random.nextInt(5)));
        return Instant.parse(Stores.execute("SELECT formatDateTime(now64(3, 'UTC'), '%FT%H:%i:%S.%fZ')")
                .strip());
    }

    private void pass(boolean fails) {
        probe.beforeRebuild(() -> {
            if (fails) {
                throw new IllegalStateException("The rebuild fails on purpose");
            }
        });
        try {
            job.run();
        } catch (RollupException | IllegalStateException onPurpose) {
            assertTrue(fails, onPurpose::toString);
        }
    }

    private static long gold(String organization) {
        return Long.parseLong(
                Stores.execute("SELECT sum(events) FROM probe_days FINAL WHERE organization = '" + organization + "'")
                        .strip());
    }

    private Replica replica() {
        Freshness freshness = TestFreshness.ofAnotherReplica(rollups, postgres, clickHouse, clock);
        var meters = new SimpleMeterRegistry();
        var limits = new Limits(1_000_000, 1);
        var repeated = new RepeatedRequests(clock, limits);
        var cache = new AnswerCache(
                freshness, retention, since, clock, json, tables, repeated, limits, clickHouse, rollup, meters);
        return new Replica(freshness, cache, meters);
    }
}
