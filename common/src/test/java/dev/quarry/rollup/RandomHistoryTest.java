package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.postgres.DedicatedConnections;
import dev.quarry.probe.ProbeRollup;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import dev.quarry.testing.TestEngine;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Gold equals a recount after any history: events that come late, twice, in many blocks, with stamps of wrong clocks,
 * become visible after their marks, or are deleted; and two refiners that are killed anywhere and start anew.
 *
 * <p>{@code -Dquarry.test.histories=1000} tries that many, {@code -Dquarry.test.seed=N} begins with a seed that failed.
 */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class RandomHistoryTest {
    private static final int STEPS = 60;
    private static final int DAYS = 5;
    private static final String END_HOLDERS = """
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND pid != pg_backend_pid()
            """;

    @Inject
    ProbeRollup probe;

    @Inject
    RollupEngine engine;

    @Inject
    RollupConfiguration configuration;

    @Inject
    DedicatedConnections postgres;

    @Inject
    MeterRegistry meters;

    @Inject
    OpenTelemetry telemetry;

    @Inject
    TestClock clock;

    @AfterEach
    void letItWork() {
        probe.beforeRebuild(() -> {});
        clock.reset();
    }

    @Test
    void goldEqualsARecountAfterARandomHistory() throws Exception {
        long seed = Long.getLong("quarry.test.seed", System.nanoTime());
        int histories = Integer.getInteger("quarry.test.histories", 2);
        for (long one = seed; one < seed + histories; one++) {
            System.out.printf("Random history of refining: seed %d%n", one);
            new History(one).run();
        }
    }

    /** Starts without any memory, like a restarted process. */
    private RollupJob refiner() {
        return new RollupJob(List.of(probe), engine, configuration, postgres, meters, telemetry, clock);
    }

    private final class History {
        private final long seed;
        private final Random random;
        private final List<String> organizations =
                List.of("history_" + UUID.randomUUID().toString().substring(0, 8), "history_" + UUID.randomUUID());
        /** The stored events, by organisation and day. */
        private final Map<String, Set<String>> expected = new TreeMap<>();

        private final Map<String, List<String>> sent = new HashMap<>();
        private final RollupJob[] refiners = {refiner(), refiner()};
        private Instant now = Instant.parse("2026-04-01T00:00:00Z");
        private boolean hidden;

        History(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() throws Exception {
            Stores.execute(ProbeRollup.TABLE);
            Stores.execute("TRUNCATE TABLE event_marks");
            clock.setTo(now);
            for (int step = 0; step < STEPS; step++) {
                step(random.nextInt(100));
            }
            together();
            show();
            probe.beforeRebuild(() -> {});
            // Later than every pause and the grace.
            for (int pass = 0; pass < 3; pass++) {
                pass(Duration.ofMinutes(6), 0);
            }
            assertEquals(recount(), gold(), "seed " + seed);
            assertEquals("0\n", Stores.execute("SELECT count() FROM event_marks FINAL WHERE sign = 1"), "seed " + seed);
        }

        private void step(int dice) {
            switch (dice / 10) {
                case 0, 1, 2, 3 -> deliver(random.nextInt(5) == 0);
                case 4 -> delete();
                case 5 -> hideOrShow();
                case 6 -> spoilNextPass();
                case 7 -> refiners[random.nextInt(2)] = refiner();
                default -> {
                    pass(Duration.ofSeconds(random.nextInt(90)), random.nextInt(2));
                    if (!hidden && random.nextInt(3) == 0) {
                        probe.beforeRebuild(() -> {});
                        pass(Duration.ofMinutes(6), random.nextInt(2));
                        assertEquals(recount(), gold(), "seed " + seed);
                    }
                }
            }
        }

        /** New events and old ones again, in one block or several, some with the stamp of a clock that is an hour off. */
        private void deliver(boolean skewed) {
            if (hidden) {
                show();
            }
            String organization = organizations.get(random.nextInt(2));
            List<String> rows = new ArrayList<>();
            for (int i = 1 + random.nextInt(12); i > 0; i--) {
                String day = "2026-03-0" + (1 + random.nextInt(DAYS));
                List<String> before = sent.computeIfAbsent(organization + " " + day, key -> new ArrayList<>());
                String event = before.isEmpty() || random.nextInt(3) > 0
                        ? new UUID(random.nextLong(), random.nextLong() | 1).toString()
                        : before.get(random.nextInt(before.size()));
                before.add(event);
                expected.computeIfAbsent(organization + " " + day, key -> new HashSet<>())
                        .add(event);
                rows.add("('%s', '%s', '%s 10:00:00.000', 'tool_call'%s)"
                        .formatted(
                                organization,
                                event,
                                day,
                                skewed ? ", now64(9) + toIntervalHour(" + (random.nextInt(3) - 1) + ")" : ""));
            }
            Stores.execute("""
                    INSERT INTO events (organization_id, event_id, time, kind%s)
                    SETTINGS insert_allow_materialized_columns = 1, max_block_size = %2$d, max_insert_block_size = %2$d,
                        min_insert_block_size_rows = %2$d, min_insert_block_size_bytes = 0
                    VALUES %3$s
                    """.formatted(skewed ? ", delivered" : "", 1 + random.nextInt(12), String.join(", ", rows)));
        }

        /** As erasing does: the rows first, then a mark without a witness. */
        private void delete() {
            String key = organizations.get(random.nextInt(2)) + " 2026-03-0" + (1 + random.nextInt(DAYS));
            Set<String> events = expected.getOrDefault(key, Set.of());
            if (hidden || events.isEmpty()) {
                return;
            }
            Set<String> gone = random.nextBoolean()
                    ? Set.copyOf(events)
                    : Set.of(events.iterator().next());
            events.removeAll(gone);
            String[] words = key.split(" ", -1);
            Stores.execute(
                    "ALTER TABLE events DELETE WHERE organization_id = '%s' AND day = '%s' AND event_id IN (%s) SETTINGS mutations_sync = 1"
                            .formatted(
                                    words[0],
                                    words[1],
                                    gone.stream()
                                            .map(event -> "'" + event + "'")
                                            .collect(Collectors.joining(","))));
            Stores.execute("INSERT INTO event_marks (organization_id, bucket) VALUES ('%s', '%s 00:00:00')"
                    .formatted(words[0], words[1]));
        }

        /** Rows that become visible after their marks. This does not test marks that are cleared after the grace. */
        private void hideOrShow() {
            if (hidden) {
                show();
            } else if (!TestEngine.isCluster()) {
                probe.beforeRebuild(() -> {});
                for (int pass = 0; pass < 3; pass++) {
                    pass(Duration.ofMinutes(6), 0);
                }
                deliver(false);
                Stores.execute("ALTER TABLE events DETACH PARTITION 202603");
                hidden = true;
            }
        }

        private void show() {
            if (hidden) {
                Stores.execute("ALTER TABLE events ATTACH PARTITION 202603");
                hidden = false;
            }
        }

        private void spoilNextPass() {
            int rebuilds = random.nextInt(3);
            boolean killed = random.nextBoolean();
            int[] count = {0};
            probe.beforeRebuild(batch -> {
                if (count[0]++ == rebuilds) {
                    if (killed) {
                        Stores.inPostgres(
                                connection -> connection.createStatement().execute(END_HOLDERS));
                    } else {
                        throw new IllegalStateException("A mistake");
                    }
                }
            });
        }

        private void pass(Duration later, int refiner) {
            now = hidden ? now : now.plus(later);
            clock.setTo(now);
            try {
                refiners[refiner].refine();
            } catch (RuntimeException spoiled) {
                // Buckets that it did not rebuild are still marked.
            }
        }

        /** Both refiners at the same time, while events arrive. */
        private void together() throws Exception {
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> refining = new ArrayList<>();
                for (RollupJob one : refiners) {
                    refining.add(executor.submit(() -> {
                        for (int pass = 0; pass < 5; pass++) {
                            try {
                                one.refine();
                            } catch (RuntimeException spoiled) {
                                // As above.
                            }
                        }
                    }));
                }
                for (int i = 0; i < 5; i++) {
                    deliver(false);
                }
                for (Future<?> one : refining) {
                    one.get();
                }
            }
        }

        private String recount() {
            return expected.entrySet().stream()
                    .filter(day -> !day.getValue().isEmpty())
                    .map(day -> day.getKey() + " " + day.getValue().size() + "\n")
                    .collect(Collectors.joining());
        }

        private String gold() {
            return Stores.execute("""
                    SELECT concat(organization, ' ', toString(day), ' ', toString(events))
                    FROM probe_days FINAL
                    WHERE organization IN ('%s', '%s') AND events > 0
                    ORDER BY organization, day
                    """.formatted(organizations.get(0), organizations.get(1)));
        }
    }
}
