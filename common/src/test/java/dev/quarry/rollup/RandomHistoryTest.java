package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.postgres.DedicatedConnections;
import dev.quarry.probe.ProbeRollup;
import dev.quarry.schema.Eraser;
import dev.quarry.schema.Erasure.Before;
import dev.quarry.schema.Erasure.Everything;
import dev.quarry.schema.Erasure.OfApp;
import dev.quarry.schema.Erasure.OfUser;
import dev.quarry.schema.Erasure.OfWorkspace;
import dev.quarry.schema.Erasure.OneEvent;
import dev.quarry.schema.Erasure.Subject;
import dev.quarry.schema.MigrationException;
import dev.quarry.testing.DyingEngine;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import dev.quarry.testing.TestEngine;
import dev.quarry.testing.Verified;
import dev.quarry.time.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
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
 * become visible after their marks, are deleted or erased; an eraser that is killed between any two statements and runs
 * again; and two jobs that are killed anywhere and start anew. The auditor agrees, and what was erased is in no row.
 *
 * <p>{@code -Dquarry.test.histories=1000} tries that many, {@code -Dquarry.test.seed=N} begins with a seed that failed.
 */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class RandomHistoryTest {
    private static final int STEPS = 60;
    private static final int DAYS = 5;
    private static final int USERS = 3;
    private static final String END_HOLDERS = """
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND pid != pg_backend_pid()
            """;

    @Inject
    ProbeRollup probe;

    @Inject
    RollupClickHouse clickHouse;

    @Inject
    ClickHouseConfiguration address;

    @Inject
    Freshness freshness;

    @Inject
    RollupConfiguration configuration;

    @Inject
    DedicatedConnections postgres;

    @Inject
    Auditor auditor;

    @Inject
    MeterRegistry meters;

    @Inject
    OpenTelemetry telemetry;

    @Inject
    TestClock clock;

    @Inject
    Ticker ticker;

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
            System.out.printf("Random history of the rollup job: seed %d%n", one);
            new History(one).run();
        }
    }

    /** Starts without any memory, like a restarted process. */
    private RollupJob job() {
        return new RollupJob(
                List.of(probe),
                new Shards(clickHouse, address, configuration, telemetry),
                configuration,
                postgres,
                freshness,
                meters,
                telemetry,
                clock,
                ticker);
    }

    private final class History {
        private final long seed;
        private final Random random;
        private final List<String> organizations =
                List.of("history_" + UUID.randomUUID().toString().substring(0, 8), "history_" + UUID.randomUUID());
        /** The stored events, by organisation and day. */
        private final Map<String, Set<String>> expected = new TreeMap<>();

        private final Map<String, List<String>> sent = new HashMap<>();
        /** Erasures that were interrupted and have to run again; their events are in an unknown state until then. */
        private final Set<Erased> unfinished = new LinkedHashSet<>();

        private final RollupJob[] jobs = {job(), job()};
        private Instant now = Instant.parse("2026-04-01T00:00:00Z");
        private boolean hidden;

        History(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() throws Exception {
            ProbeRollup.createTable();
            Stores.execute("TRUNCATE TABLE event_marks");
            clock.setTo(now);
            for (int step = 0; step < STEPS; step++) {
                step(random.nextInt(100));
            }
            show();
            finishErasures();
            together();
            finishErasures();
            // Later than every pause and the grace.
            for (int pass = 0; pass < 3; pass++) {
                pass(Duration.ofMinutes(6), 0);
            }
            check();
            assertEquals("0\n", Stores.execute("SELECT count() FROM event_marks FINAL WHERE sign = 1"), "seed " + seed);
            assertTheAuditorAgrees();
        }

        /** Gold and bronze, each against the model. */
        private void check() {
            if (unfinished.isEmpty()) {
                assertEquals(recount(), gold(), "gold, seed " + seed);
                assertEquals(recount(), bronze(), "bronze, seed " + seed);
            }
        }

        private void assertTheAuditorAgrees() {
            for (String organization : organizations) {
                Verified verified = Verified.of(organization);
                assertEquals(
                        new Verified(daysWithEvents(organization), 0, List.of(), List.of()), verified, "seed " + seed);
            }
        }

        private long daysWithEvents(String organization) {
            return expected.entrySet().stream()
                    .filter(day -> day.getKey().startsWith(organization + " ")
                            && !day.getValue().isEmpty())
                    .count();
        }

        private void step(int dice) {
            switch (dice / 10) {
                case 0, 1, 2, 3 -> deliver(1, random.nextInt(5) == 0);
                case 4 -> {
                    if (random.nextBoolean()) {
                        delete();
                    } else {
                        erase(randomErasure());
                    }
                }
                case 5 -> hideOrShow();
                case 6 -> spoilNextPass();
                case 7 -> jobs[random.nextInt(2)] = job();
                default -> {
                    pass(Duration.ofSeconds(random.nextInt(90)), random.nextInt(2));
                    if (!hidden && random.nextInt(3) == 0) {
                        probe.beforeRebuild(() -> {});
                        pass(Duration.ofMinutes(6), random.nextInt(2));
                        check();
                    }
                }
            }
        }

        /** New events and old ones again, in one block or several, some with the stamp of a clock that is an hour off. */
        private void deliver(int firstDay, boolean skewed) {
            if (hidden) {
                show();
            }
            String organization = organizations.get(random.nextInt(2));
            List<String> rows = new ArrayList<>();
            for (int i = 1 + random.nextInt(12); i > 0; i--) {
                String day = day(firstDay + random.nextInt(1 + DAYS - firstDay));
                List<String> before = sent.computeIfAbsent(organization + " " + day, key -> new ArrayList<>());
                String event = before.isEmpty() || random.nextInt(3) > 0
                        ? new UUID(random.nextLong(), random.nextLong() | 1).toString()
                        : before.get(random.nextInt(before.size()));
                before.add(event);
                expected.computeIfAbsent(organization + " " + day, key -> new HashSet<>())
                        .add(event);
                rows.add("('%s', '%s', '%s 10:00:00.000', 'tool_call', '%s'%s)"
                        .formatted(
                                organization,
                                event,
                                day,
                                user(event),
                                skewed ? ", now64(9) + toIntervalHour(" + (random.nextInt(3) - 1) + ")" : ""));
            }
            Stores.execute("""
                    INSERT INTO events (organization_id, event_id, time, kind, user_id%s)
                    SETTINGS insert_allow_materialized_columns = 1, max_block_size = %2$d, max_insert_block_size = %2$d,
                        min_insert_block_size_rows = %2$d, min_insert_block_size_bytes = 0
                    VALUES %3$s
                    """.formatted(skewed ? ", delivered" : "", 1 + random.nextInt(12), String.join(", ", rows)));
        }

        /** As erasing does: the rows first, then a mark without a witness. */
        private void delete() {
            String key = organizations.get(random.nextInt(2)) + " " + day(1 + random.nextInt(DAYS));
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

        private Erased randomErasure() {
            String organization = organizations.get(random.nextInt(2));
            return new Erased(
                    organization,
                    switch (random.nextInt(6)) {
                        case 0 -> new Everything();
                        case 1, 2 -> new Before(LocalDate.parse(day(1 + random.nextInt(DAYS))));
                        case 3 -> new OneEvent(UUID.fromString(anyEvent(organization)));
                        default -> new OfUser("user_" + random.nextInt(USERS));
                    });
        }

        private String anyEvent(String organization) {
            return expected.entrySet().stream()
                    .filter(day -> day.getKey().startsWith(organization + " "))
                    .flatMap(day -> day.getValue().stream())
                    .findFirst()
                    .orElse(new UUID(7, 7).toString());
        }

        /** Half of the erasures die at a random statement; some of these run again at once, others later. */
        private void erase(Erased erased) {
            if (hidden) {
                show();
            }
            unfinished.add(erased);
            if (random.nextBoolean()) {
                // An erasure runs 10 to 50 statements.
                Runnable death = random.nextBoolean() ? () -> {} : History::endHolders;
                try (DyingEngine dying = new DyingEngine(random.nextInt(2 << random.nextInt(6)), death)) {
                    erase(erased, dying);
                }
            }
            if (random.nextInt(3) > 0) {
                try {
                    finish(erased);
                } catch (MigrationException spoiled) {
                    // A spoiled pass ended the connection of the erasure too. It has to run again.
                }
            }
        }

        /** Runs an erasure, as the command does: deletes, waits for the rebuilds, finishes. It may die anywhere. */
        private void erase(Erased erased, DyingEngine dying) {
            try (Eraser eraser = Stores.eraser(erased.organization(), erased.subject(), dying)) {
                eraser.delete();
                forget(erased);
                pass(Duration.ofSeconds(5), random.nextInt(2));
                if (eraser.rebuilding() == 0) {
                    eraser.finish();
                    unfinished.remove(erased);
                }
            } catch (MigrationException died) {
                // It has to run again.
            }
        }

        /** Runs an erasure to its end; a spoiled pass may leave rebuilds, which {@code finish} then does not wait for. */
        private void finish(Erased erased) {
            try (Eraser eraser = Stores.eraser(erased.organization(), erased.subject())) {
                eraser.delete();
                forget(erased);
                for (int look = 0; look < 3 && eraser.rebuilding() > 0; look++) {
                    pass(Duration.ofMinutes(6), random.nextInt(2));
                }
                if (eraser.rebuilding() == 0) {
                    eraser.finish();
                    unfinished.remove(erased);
                    assertEquals("0\n", erased.left(), "left of " + erased + ", seed " + seed);
                }
            }
        }

        private void finishErasures() {
            probe.beforeRebuild(() -> {});
            for (Erased erased : List.copyOf(unfinished)) {
                finish(erased);
            }
            assertEquals(Set.of(), unfinished, "seed " + seed);
        }

        private void forget(Erased erased) {
            expected.forEach((key, events) -> {
                String[] words = key.split(" ", -1);
                if (words[0].equals(erased.organization())) {
                    events.removeIf(event -> erased.covers(event, LocalDate.parse(words[1])));
                }
            });
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
                deliver(1, false);
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
                        endHolders();
                    } else {
                        throw new IllegalStateException("A mistake");
                    }
                }
            });
        }

        private static void endHolders() {
            Stores.inPostgres(connection -> connection.createStatement().execute(END_HOLDERS));
        }

        private void pass(Duration later, int job) {
            now = hidden ? now : now.plus(later);
            clock.setTo(now);
            try {
                jobs[job].run();
            } catch (RuntimeException spoiled) {
                // Buckets that it did not rebuild are still marked.
            }
        }

        /** Both jobs at the same time, while events arrive and a day is erased on which none arrive. */
        private void together() throws Exception {
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> passes = new ArrayList<>();
                for (RollupJob one : jobs) {
                    passes.add(executor.submit(() -> {
                        for (int pass = 0; pass < 5; pass++) {
                            try {
                                one.run();
                            } catch (RuntimeException spoiled) {
                                // As above.
                            }
                        }
                    }));
                }
                Erased firstDay = new Erased(organizations.getFirst(), new Before(LocalDate.parse(day(2))));
                unfinished.add(firstDay);
                passes.add(executor.submit(() -> {
                    try (Eraser eraser = Stores.eraser(firstDay.organization(), firstDay.subject())) {
                        eraser.delete();
                        unfinished.remove(firstDay);
                    } catch (MigrationException killed) {
                        // A pass that kills the holders of locks kills the eraser too.
                    }
                }));
                for (int i = 0; i < 5; i++) {
                    deliver(2, false);
                }
                for (Future<?> one : passes) {
                    one.get();
                }
                forget(firstDay);
            }
        }

        private String recount() {
            return expected.entrySet().stream()
                    .filter(day -> !day.getValue().isEmpty())
                    .map(day -> day.getKey() + " " + day.getValue().size() + "\n")
                    .collect(Collectors.joining());
        }

        private String bronze() {
            return Stores.execute("""
                    SELECT concat(organization_id, ' ', toString(day), ' ', toString(uniqExact(event_id)))
                    FROM events
                    WHERE organization_id IN ('%s', '%s')
                    GROUP BY organization_id, day
                    ORDER BY organization_id, day
                    """.formatted(organizations.get(0), organizations.get(1)));
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

    /** An erasure, and what the model knows of it. */
    private record Erased(String organization, Subject subject) {
        boolean covers(String event, LocalDate day) {
            return switch (subject) {
                case Everything() -> true;
                case OfUser(String user) -> user(event).equals(user);
                case OneEvent(UUID id) -> event.equals(id.toString());
                case Before(LocalDate first) -> day.isBefore(first);
                case OfApp(var _), OfWorkspace(var _) -> false;
            };
        }

        /** Number of rows in bronze that the erasure should have deleted, old deliveries included. */
        String left() {
            return Stores.execute("SELECT count() FROM events WHERE organization_id = '%s' AND %s"
                    .formatted(
                            organization,
                            switch (subject) {
                                case Everything() -> "true";
                                case OfUser(String user) -> "user_id = '" + user + "'";
                                case OneEvent(UUID id) -> "event_id = '" + id + "'";
                                case Before(LocalDate first) -> "time < '" + first + "'";
                                case OfApp(var _), OfWorkspace(var _) -> "false";
                            }));
        }
    }

    private static String user(String event) {
        return "user_" + Character.digit(event.charAt(event.length() - 1), 16) % USERS;
    }

    private static String day(int number) {
        return "2026-03-0" + number;
    }
}
