package dev.quarry.rollup;

import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.postgres.DedicatedConnections;
import dev.quarry.probe.ProbeRollup;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import dev.quarry.testing.TestEngine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgConnection;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class RollupJobTest {
    private static final String HOLD_LOCK = "SELECT pg_advisory_lock(hashtextextended('quarry.rollup.probe', 0))";
    private static final String END_HOLDER = """
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND pid != pg_backend_pid()
            """;

    private static final DateTimeFormatter TO_MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    @Inject
    RollupJob job;

    @Inject
    Freshness freshness;

    @Inject
    ProbeRollup probe;

    @Inject
    RollupClickHouse clickHouse;

    @Inject
    Shards shards;

    @Inject
    RollupConfiguration configuration;

    @Inject
    DedicatedConnections postgres;

    @Inject
    OpenTelemetry telemetry;

    @Inject
    TestClock clock;

    private TestCaller caller;

    @BeforeEach
    void nothingIsMarked() {
        ProbeRollup.createTable();
        Stores.execute("TRUNCATE TABLE event_marks");
        probe.batches();
        caller = TestCaller.create(Permissions.METRICS_READ);
    }

    @AfterEach
    void letItWork() {
        clock.reset();
        probe.beforeRebuild(() -> {});
    }

    @Test
    void rebuildsBucketsWithNewEvents() {
        insert("2026-03-01", "2026-03-02", "2026-03-02");

        assertTrue(job.run());

        assertEquals("2026-03-01\t1\n2026-03-02\t2\n", gold());
    }

    @Test
    void splitsDirtyBucketsIntoBatchesWithIncreasingVersions() {
        insert("2026-03-01", "2026-03-02", "2026-03-03");

        job.run();

        List<Batch> batches = probe.batches();
        assertEquals(
                List.of(2, 1),
                batches.stream().map(batch -> batch.buckets().size()).toList());
        assertTrue(batches.getFirst().version() < batches.getLast().version());
    }

    @Test
    void markIsClearedOnceItsRowsAreVisible() {
        insert("2026-03-01");

        job.run();

        assertEquals(1, probe.batches().size());
        assertEquals("0\n", marks());
        job.run();
        assertEquals(0, probe.batches().size());
    }

    @Test
    void mergeRemovesBothRowsOfAClearedMark() {
        insert("2026-03-01");
        job.run();

        Stores.execute("OPTIMIZE TABLE event_marks FINAL");

        assertEquals(
                "0\n",
                Stores.execute("SELECT count() FROM event_marks WHERE organization_id = '%s'"
                        .formatted(caller.organization())));
    }

    @Test
    void markWithoutVisibleRowsIsClearedAfterTheGracePeriod() {
        clock.setTo(Instant.parse("2026-03-01T12:00:00Z"));
        markWithoutVisibleRows();

        job.run();
        assertEquals("1\n", marks());
        clock.setTo(Instant.parse("2026-03-01T12:00:59Z"));
        job.run();
        assertEquals("1\n", marks());
        assertEquals(2, probe.batches().size(), "what is not certain is rebuilt by every pass");

        clock.setTo(Instant.parse("2026-03-01T12:01:00Z"));
        job.run();
        assertEquals("0\n", marks());
    }

    /** A clock that was wrong is set. The rows may still be on their way. */
    @Test
    void graceDoesNotEndBecauseTheClockJumpsAhead() {
        var nanos = new AtomicLong();
        var another = new RollupJob(
                List.of(probe),
                shards,
                configuration,
                postgres,
                freshness,
                new SimpleMeterRegistry(),
                telemetry,
                clock,
                nanos::get);
        clock.setTo(Instant.parse("2026-03-01T12:00:00Z"));
        markWithoutVisibleRows();

        another.run();
        clock.setTo(Instant.parse("2026-03-02T12:00:00Z"));
        nanos.set(Duration.ofSeconds(59).toNanos());
        another.run();
        assertEquals("1\n", marks());

        nanos.set(Duration.ofMinutes(1).toNanos());
        another.run();
        assertEquals("0\n", marks());
    }

    private void markWithoutVisibleRows() {
        insert("2026-03-01");
        Stores.execute("ALTER TABLE events DELETE WHERE organization_id = '%s' SETTINGS mutations_sync = 1"
                .formatted(caller.organization()));
    }

    /** A mark is visible before its rows: a rebuild in between must not clear the mark. */
    @Test
    void rowsThatBecomeVisibleAfterTheirMarkAreCounted() {
        insert("2026-03-01");
        Stores.execute("ALTER TABLE events DETACH PARTITION 202603");
        job.run();
        assertEquals("", gold());
        assertEquals("1\n", marks());

        Stores.execute("ALTER TABLE events ATTACH PARTITION 202603");
        job.run();

        assertEquals("2026-03-01\t1\n", gold());
        assertEquals("0\n", marks());
    }

    /** The later delivery's rows prove nothing about the earlier one's. */
    @Test
    void laterDeliveryOfTheWitnessDoesNotClearTheEarlierMark() {
        String event = UUID.randomUUID().toString();
        insertEvent(event, "2026-03-01");
        insertEvent(event, "2026-03-01");
        Stores.execute("OPTIMIZE TABLE events FINAL");
        assertEquals("2\n", marks());

        job.run();

        assertEquals("1\n", marks());
        assertEquals("2026-03-01\t1\n", gold());
    }

    /** A million rows and more are several blocks, each with a mark; here they all have the same witness. */
    @Test
    void eachBlockOfAnInsertHasItsOwnMark() {
        Stores.execute("""
                INSERT INTO events (organization_id, event_id, time, kind)
                SELECT '%s', toUUID('00000000-0000-0000-0000-000000000001'), '2026-03-01 10:00:00.000', 'tool_call'
                FROM numbers(20)
                SETTINGS max_block_size = 10, min_insert_block_size_rows = 10, min_insert_block_size_bytes = 0, max_insert_threads = 1
                """.formatted(caller.organization()));

        assertEquals(
                "2\t2\n",
                Stores.execute("SELECT count(), uniqExact(delivered) FROM event_marks WHERE organization_id = '%s'"
                        .formatted(caller.organization())));
    }

    @Test
    void markThatArrivesDuringARebuildIsKept() {
        mark("2026-03-01");
        probe.beforeRebuild(() -> {
            probe.beforeRebuild(() -> {});
            mark("2026-03-01");
        });

        job.run();
        assertEquals("1\n", marks());

        job.run();
        assertEquals("0\n", marks());
        assertEquals(2, probe.batches().size());
    }

    @Test
    void everyBugOfARebuildIsLoggedOnceWithItsStack() {
        insert("2026-03-01", "2026-03-02", "2026-03-03");
        List<LogRecord> logged = new CopyOnWriteArrayList<>();
        Handler handler = collect(logged);
        Logger log = Logger.getLogger(RollupJob.class.getName());
        log.addHandler(handler);
        String suffix = UUID.randomUUID().toString();
        try {
            probe.beforeRebuild(batch -> {
                if (batch.buckets().stream()
                        .anyMatch(bucket -> bucket.start().equals(Instant.parse("2026-03-01T00:00:00Z")))) {
                    throw new IllegalStateException("one " + suffix);
                }
                throw new IllegalArgumentException("other " + suffix);
            });
            assertThrows(RuntimeException.class, job::run);
            clock.setTo(Instant.now().plus(Duration.ofHours(1)));
            assertThrows(RuntimeException.class, job::run);
        } finally {
            log.removeHandler(handler);
        }

        List<String> stacks = logged.stream()
                .filter(record -> record.getLevel().intValue() >= Level.SEVERE.intValue())
                .map(LogRecord::getThrown)
                .map(Throwable::getMessage)
                .sorted()
                .toList();
        assertEquals(List.of("one " + suffix, "other " + suffix), stacks);
    }

    private static Handler collect(List<LogRecord> records) {
        return new Handler() {
            @Override
            public void publish(LogRecord record) {
                records.add(record);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    @Test
    void failedBucketStaysMarkedAndIsRetriedAfterAPause() {
        clock.setTo(Instant.parse("2026-03-01T12:00:00Z"));
        insert("2026-03-01");
        double failures = passes("failure");
        fail("2026-03-01");
        assertThrows(RollupException.class, job::run);
        assertEquals("", gold());
        assertEquals(failures + 1, passes("failure"));
        assertEquals(1, Scrape.now().sum("quarry_rollup_set_aside_buckets", "rollup", "probe"));

        probe.beforeRebuild(() -> {});
        assertTrue(job.run());
        assertEquals("", gold());

        clock.setTo(Instant.parse("2026-03-01T12:00:06Z"));
        assertTrue(job.run());
        assertEquals("2026-03-01\t1\n", gold());
        assertEquals(0, Scrape.now().sum("quarry_rollup_set_aside_buckets", "rollup", "probe"));
    }

    @Test
    void failingBucketDoesNotDelayOtherBuckets() {
        clock.setTo(Instant.parse("2026-03-01T12:00:00Z"));
        // So that its shard is known.
        mark("2026-02-01");
        job.run();
        Instant before = asOf(caller.organization()).orElseThrow();
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);
        insert("2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04");
        insertOf(other.organization(), "2026-03-02");
        fail("2026-03-02");

        assertThrows(RollupException.class, job::run);

        assertEquals("2026-03-01\t1\n2026-03-03\t1\n2026-03-04\t1\n", gold());
        assertEquals("1\n", marks());
        assertTrue(asOf(other.organization()).orElseThrow().isAfter(before));
        assertEquals(before, asOf(caller.organization()).orElseThrow());
        caller.withApiKey()
                .get("/probe/events")
                .then()
                .header(Freshness.HEADER, equalTo(TO_MILLISECONDS.format(before)));

        probe.beforeRebuild(() -> {});
        clock.setTo(Instant.parse("2026-03-01T12:10:00Z"));
        job.run();

        assertEquals("2026-03-01\t1\n2026-03-02\t1\n2026-03-03\t1\n2026-03-04\t1\n", gold());
        assertTrue(asOf(caller.organization()).orElseThrow().isAfter(before));
    }

    /** The rebuild may have written rows before it failed: answers from before must not be reused. */
    @Test
    void failedRebuildMakesANewRevision() {
        job.run();
        freshness.read();
        Revision before = freshness.revision(caller.organization()).orElseThrow();
        insert("2026-03-01");
        fail("2026-03-01");

        assertThrows(RollupException.class, job::run);

        freshness.read();
        assertNotSame(before, freshness.revision(caller.organization()).orElseThrow());
    }

    /** So many failures in a row end the pass, but organisations without a marked bucket are not behind. */
    @Test
    void manyBadBucketsHoldUpNobodyElse() {
        clock.setTo(Instant.parse("2026-03-01T12:00:00Z"));
        // So that its shard is known.
        mark("2026-02-01");
        job.run();
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);
        insertOf(other.organization(), "2026-03-02");
        job.run();
        Instant before = asOf(caller.organization()).orElseThrow();
        insert(LocalDate.of(2026, 3, 1)
                .datesUntil(LocalDate.of(2026, 3, 26))
                .map(LocalDate::toString)
                .toArray(String[]::new));
        probe.batches();
        probe.beforeRebuild(batch -> {
            throw new RollupException("The day cannot be counted", null);
        });

        assertThrows(RollupException.class, job::run);

        assertEquals(
                16,
                probe.batches().stream()
                        .filter(batch -> batch.buckets().size() == 1)
                        .count());
        assertTrue(asOf(other.organization()).orElseThrow().isAfter(before));
        assertEquals(before, asOf(caller.organization()).orElseThrow());
        assertEquals("25\n", marks());
    }

    @Test
    void versionsExceedAllVersionsInGold() {
        insert("2026-03-01");
        job.run();
        long version = probe.batches().getFirst().version();
        Stores.inPostgres(connection -> connection.createStatement().execute("""
                CREATE TABLE restored AS SELECT name, last - 1 AS last FROM rollup_series;
                DROP TABLE rollup_series;
                ALTER TABLE restored RENAME TO rollup_series;
                ALTER TABLE rollup_series ADD PRIMARY KEY (name);
                UPDATE rollup_series SET last = 1 WHERE name = 'version';
                """));
        insert("2026-03-01");

        job.run();

        assertTrue(probe.batches().getFirst().version() > version);
        assertEquals("2026-03-01\t2\n", gold());
    }

    /** A replica other than the one that wrote gold, without its memory. */
    @Test
    void firstVersionOfAReplicaExceedsAllVersionsInGold() {
        Stores.execute(
                "INSERT INTO probe_days VALUES ('%s', '2026-03-01', 1000000, 99)".formatted(caller.organization()));
        try (AdvisoryLock lock =
                AdvisoryLock.tryTake(postgres, UUID.randomUUID().toString()).orElseThrow()) {
            assertTrue(new Versions(clickHouse).next(probe, lock) > 1_000_000);
        } finally {
            Stores.execute("TRUNCATE TABLE probe_days");
        }
    }

    @Test
    void progressIsAnImmutableSnapshot() {
        job.run();
        freshness.read();
        Progress known = freshness.progress();
        job.run();
        freshness.read();

        assertTrue(freshness.asOf().orElseThrow().isAfter(known.asOf().orElseThrow()));
    }

    @Test
    void freshnessAdvancesWithMoreThanAHundredThousandMarks() {
        job.run();
        Instant before = asOf(caller.organization()).orElseThrow();
        insert("2026-03-01");
        Stores.execute(
                "INSERT INTO event_marks (organization_id, bucket) SELECT '%s', '2026-03-01 00:00:00' FROM numbers(100001)"
                        .formatted(caller.organization()));

        job.run();

        assertTrue(asOf(caller.organization()).orElseThrow().isAfter(before));
        assertEquals("0\n", marks());
        assertEquals("2026-03-01\t1\n", gold());
    }

    @Test
    void rebuildsNothingWithoutNewEvents() {
        clock.setTo(Instant.parse("2026-03-01T12:00:00Z"));
        for (int i = 0; i < 20; i++) {
            insert("2026-03-01", "2026-03-02");
            job.run();
        }
        double rebuilt = Scrape.now().sum("quarry_rollup_buckets_total", "rollup", "probe");
        for (int minute = 0; minute <= 120; minute += 5) {
            clock.setTo(Instant.parse("2026-03-01T12:00:00Z").plusSeconds(60L * minute));
            job.run();
            if (minute == 60) {
                Stores.execute("OPTIMIZE TABLE event_marks FINAL");
            }
        }

        assertEquals(rebuilt, Scrape.now().sum("quarry_rollup_buckets_total", "rollup", "probe"));
    }

    /** While a batch is rebuilt, its bucket and those after it wait. */
    @Test
    void dirtyBucketsAndArrivingInsertsAreCounted() {
        clock.setTo(Instant.parse("2026-03-01T12:00:00Z"));
        job.run();
        double marks = Scrape.now().sum("quarry_rollup_marks_total", "rollup", "probe");
        assertEquals(0, Scrape.now().sum("quarry_rollup_dirty_buckets", "rollup", "probe"));

        insert("2026-03-01", "2026-03-02");
        insert("2026-03-02");
        List<Double> waiting = new CopyOnWriteArrayList<>();
        probe.beforeRebuild(() -> waiting.add(Scrape.now().sum("quarry_rollup_dirty_buckets", "rollup", "probe")));
        assertTrue(job.run());

        assertEquals(2, waiting.getFirst());
        assertEquals(0, Scrape.now().sum("quarry_rollup_dirty_buckets", "rollup", "probe"));
        assertEquals(marks + 3, Scrape.now().sum("quarry_rollup_marks_total", "rollup", "probe"));
    }

    /** A verification runs the job too, on another thread than the job's own. */
    @Test
    void dirtyBucketsAreCountedWhileThisReplicaTriesToRunAnotherPass() {
        insert("2026-03-01", "2026-03-02", "2026-03-03");
        List<Double> waiting = new CopyOnWriteArrayList<>();
        probe.beforeRebuild(() -> {
            assertFalse(job.run());
            waiting.add(Scrape.now().sum("quarry_rollup_dirty_buckets", "rollup", "probe"));
        });

        assertTrue(job.run());

        assertEquals(List.of(3.0, 1.0), waiting);
        assertEquals(0, Scrape.now().sum("quarry_rollup_dirty_buckets", "rollup", "probe"));
    }

    /** Every event acknowledged before X-Data-As-Of is counted, even while events keep arriving. */
    @Test
    void answersCountEveryEventAcknowledgedBeforeDataAsOfUnderLoad() throws Exception {
        Queue<Instant> acknowledged = new ConcurrentLinkedQueue<>();
        AtomicBoolean enough = new AtomicBoolean();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var writing = executor.submit(() -> {
                while (!enough.get()) {
                    insert("2026-03-01");
                    acknowledged.add(clickHouse.now());
                }
            });
            try {
                Instant asOf = Instant.MIN;
                for (int pass = 0; pass < 15; pass++) {
                    job.run();
                    freshness.read();
                    Instant before = asOf;
                    asOf = freshness.asOf(caller.organization()).orElseThrow();
                    Instant promised = asOf;
                    assertTrue(asOf.isAfter(before));
                    long counted = Stream.of(gold().split("\t|\n", -1))
                            .skip(1)
                            .limit(1)
                            .mapToLong(Long::parseLong)
                            .sum();
                    long promisedEvents =
                            acknowledged.stream().filter(promised::isAfter).count();
                    assertTrue(counted >= promisedEvents, counted + " of " + promisedEvents);
                }
            } finally {
                enough.set(true);
            }
            writing.get();
        }
    }

    @Test
    void connectionThatOpensTooLateIsClosed() throws Exception {
        Promise<PgConnection> opening = Promise.promise();
        assertThrows(RollupException.class, () -> AdvisoryLock.connection(opening.future(), Duration.ZERO));
        var connection =
                postgres.open().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        connection.closeHandler(nothing -> closed.complete(true));

        opening.complete(connection);

        assertTrue(closed.get(10, TimeUnit.SECONDS));
    }

    @Test
    void keepaliveEndsTheConnectionOfAVanishedLockHolder() throws Exception {
        var connection =
                postgres.open().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        try {
            var row = connection
                    .query("""
                            SELECT current_setting('tcp_keepalives_idle')::int
                                + current_setting('tcp_keepalives_interval')::int * current_setting('tcp_keepalives_count')::int,
                                current_setting('tcp_user_timeout')
                            """)
                    .execute()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .iterator()
                    .next();
            assertTrue(row.getInteger(0) > 0 && row.getInteger(0) <= 15);
            assertTrue(List.of("14s", "14000").contains(row.getString(1)), row.getString(1));
        } finally {
            connection.close();
        }
    }

    @Test
    void bugIsLoggedWithItsStackTraceOnce() {
        Causes causes = new Causes();
        RuntimeException mistake = new IllegalStateException("First");

        assertTrue(causes.isNewMistake(mistake));
        assertFalse(causes.isNewMistake(mistake));
        assertTrue(causes.isNewMistake(new IllegalArgumentException("Another")));
        assertFalse(causes.isNewMistake(new RollupException("PostgreSQL is away", null)));
        RollupException refused =
                assertThrows(RollupException.class, () -> clickHouse.execute("SELECT nothing", Map.of()));
        assertTrue(causes.isNewMistake(refused));
        assertFalse(causes.isNewMistake(refused));
    }

    @Test
    void continuesAfterTheEngineRestarts() {
        assumeTrue(TestEngine.isOurs());
        job.run();
        TestEngine.kill();
        TestEngine.restart();
        insert("2026-03-01");

        assertTrue(job.run());

        assertEquals("2026-03-01\t1\n", gold());
    }

    @Test
    void onlyTheLockHolderRunsAPass() {
        insert("2026-03-01");

        Stores.inPostgres(connection -> {
            connection.createStatement().execute(HOLD_LOCK);
            assertFalse(job.run());
            assertEquals("", gold());
            connection.createStatement().execute("SELECT pg_advisory_unlock_all()");
        });

        assertTrue(job.run());
        assertEquals("2026-03-01\t1\n", gold());
    }

    @Test
    void replicaThatLosesTheLockWritesNothing() {
        insert("2026-03-01");
        probe.beforeRebuild(() ->
                Stores.inPostgres(connection -> connection.createStatement().execute(END_HOLDER)));

        assertThrows(RollupException.class, job::run);

        assertEquals("", gold());
        assertEquals("1\n", marks());
    }

    /** A holder that was taken for dead may still write what it had read before its successor's pass. */
    @Test
    void lateRowOfAFormerLockHolderLosesToItsSuccessors() {
        insert("2026-03-01");
        long version;
        try (AdvisoryLock former = AdvisoryLock.tryTake(postgres, "probe").orElseThrow()) {
            version = new Versions(clickHouse).next(probe, former);
            Stores.inPostgres(connection -> connection.createStatement().execute(END_HOLDER));
            assertThrows(RollupException.class, former::confirm);
        }
        assertTrue(job.run());

        Stores.execute(
                "INSERT INTO probe_days VALUES ('%s', '2026-03-01', %d, 99)".formatted(caller.organization(), version));

        assertEquals("2026-03-01\t1\n", gold());
    }

    @Test
    void freshnessHeaderIsTheStartOfTheLastPass() {
        insert("2026-03-01");
        Instant before = clickHouse.now().minus(clickHouse.replicaDelay());
        job.run();
        Instant after = clickHouse.now().minus(clickHouse.replicaDelay());
        freshness.read();

        Instant asOf = freshness.asOf().orElseThrow();
        assertFalse(asOf.isBefore(before), asOf + " is before the pass, which began after " + before);
        assertFalse(asOf.isAfter(after), asOf + " is after the pass, which ended before " + after);
        caller.withApiKey()
                .get("/probe/events")
                .then()
                .statusCode(200)
                .header(Freshness.HEADER, equalTo(TO_MILLISECONDS.format(asOf)));
        caller.withApiKey().get("/probe/caller").then().statusCode(200).header(Freshness.HEADER, equalTo(null));
    }

    @Test
    void reservedNumbersAreUnique() {
        String series = "series " + UUID.randomUUID();
        Set<Long> given = Collections.synchronizedSet(new HashSet<>());
        Stream.of("a", "b", "c", "d").parallel().forEach(name -> {
            try (AdvisoryLock lock =
                    AdvisoryLock.tryTake(postgres, series + name).orElseThrow()) {
                for (int i = 0; i < 50; i++) {
                    long first = lock.reserve(series, 3, 0);
                    for (long number = first; number < first + 3; number++) {
                        assertTrue(given.add(number));
                    }
                }
            }
        });
        assertEquals(600, given.size());
        assertTrue(given.contains(1L) && given.contains(600L));

        try (AdvisoryLock lock = AdvisoryLock.tryTake(postgres, series).orElseThrow()) {
            assertEquals(10_001, lock.reserve(series, 1, 10_000));
            assertEquals(10_002, lock.reserve(series, 1, 500));
        }
    }

    @Test
    void bindsStringsWithSpecialCharacters() {
        List<String> names = List.of("plain", "it's", "back\\slash", "tab\tand\nline", "\"quoted\"", "ü,]", "");
        try (AdvisoryLock lock =
                AdvisoryLock.tryTake(postgres, UUID.randomUUID().toString()).orElseThrow()) {
            assertEquals(
                    names,
                    new RebuildContext(clickHouse, lock)
                            .statement("SELECT arrayJoin({names:Array(String)})")
                            .bindStrings("names", names)
                            .list(row -> row.nextString()));
        }
    }

    private static double passes(String outcome) {
        return Scrape.now().sum("quarry_rollup_pass_seconds_count", "outcome", outcome);
    }

    private void insert(String... days) {
        insertOf(caller.organization(), days);
    }

    private static void insertOf(String organization, String... days) {
        Stores.insert(
                "events",
                Stream.of(days)
                        .map(day -> event(organization, UUID.randomUUID().toString(), day))
                        .toList());
    }

    private void insertEvent(String event, String day) {
        Stores.insert("events", List.of(event(caller.organization(), event, day)));
    }

    private static Map<String, Object> event(String organization, String event, String day) {
        return Map.of(
                "organization_id",
                organization,
                "event_id",
                event,
                "time",
                day + " 10:00:00.000",
                "user_id",
                "anna",
                "kind",
                "tool_call");
    }

    /** Requests a rebuild from the stored rows. */
    private void mark(String day) {
        Stores.execute("INSERT INTO event_marks (organization_id, bucket) SELECT '%s', toDateTime('%s 00:00:00', 'UTC')"
                .formatted(caller.organization(), day));
    }

    /** Makes rebuilds fail if their batch has this day of the caller. */
    private void fail(String day) {
        Bucket bad = new Bucket(caller.organization(), Instant.parse(day + "T00:00:00Z"));
        probe.beforeRebuild(batch -> {
            if (batch.buckets().contains(bad)) {
                throw new RollupException("The day cannot be counted", null);
            }
        });
    }

    private Optional<Instant> asOf(String organization) {
        freshness.read();
        return freshness.asOf(organization);
    }

    private String gold() {
        return Stores.execute("SELECT day, events FROM probe_days FINAL WHERE organization = '%s' ORDER BY day"
                .formatted(caller.organization()));
    }

    private String marks() {
        return Stores.execute("SELECT count() FROM event_marks FINAL WHERE sign = 1 AND organization_id = '%s'"
                .formatted(caller.organization()));
    }
}
