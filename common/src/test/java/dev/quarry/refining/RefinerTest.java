package dev.quarry.refining;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quarry.auth.Permissions;
import dev.quarry.postgres.OwnConnections;
import dev.quarry.probe.ProbeRefinement;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestEngine;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class RefinerTest {
    private static final String HOLD_LOCK = "SELECT pg_advisory_lock(hashtextextended('quarry.refining.probe', 0))";
    private static final String END_HOLDER = """
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND pid != pg_backend_pid()
            """;

    @Inject
    Refiner refiner;

    @Inject
    Freshness freshness;

    @Inject
    ProbeRefinement probe;

    @Inject
    RefiningEngine engine;

    @Inject
    OwnConnections postgres;

    private TestCaller caller;

    @BeforeEach
    void nothingIsMarked() {
        Stores.execute(ProbeRefinement.TABLE);
        Stores.execute("TRUNCATE TABLE event_marks");
        probe.batches();
        caller = TestCaller.create(Permissions.METRICS_READ);
    }

    @AfterEach
    void letItWork() {
        probe.beforeRebuild(() -> {});
        probe.bronzeStandsIn(false);
    }

    @Test
    void rebuildsWhatWasInsertedInto() {
        insert("2026-03-01", "2026-03-02", "2026-03-02");

        assertTrue(refiner.refine());

        assertEquals("2026-03-01\t1\n2026-03-02\t2\n", refined());
    }

    @Test
    void splitsWhatIsDirtyIntoBatchesOfGrowingVersions() {
        insert("2026-03-01", "2026-03-02", "2026-03-03");

        refiner.refine();

        List<Batch> batches = probe.batches();
        assertEquals(
                List.of(2, 1),
                batches.stream().map(batch -> batch.buckets().size()).toList());
        assertTrue(batches.getFirst().version() < batches.getLast().version());
    }

    @Test
    void aMarkIsActedOnAtOnceAndSettledWhenItIsOld() {
        insert("2026-03-01");

        refiner.refine();
        assertEquals(1, probe.batches().size());
        assertEquals("1\n", unsettled());

        refiner.refine();
        assertEquals(0, probe.batches().size(), "an unripe mark that was acted on brings nothing new");

        markLongAgo("2026-03-01");
        refiner.refine();
        assertEquals(1, probe.batches().size());
        assertEquals("1\n", unsettled(), "the ripe mark is settled, the young one is not");

        refiner.refine();
        assertEquals(0, probe.batches().size());
    }

    @Test
    void aBucketWaitsUntilItIsQuietWhereBronzeStandsIn() {
        probe.bronzeStandsIn(true);
        insert("2026-03-01");
        markLongAgo("2026-03-01");
        markLongAgo("2026-03-02");

        refiner.refine();

        assertEquals(
                List.of(LocalDate.parse("2026-03-02")),
                probe.batches().getFirst().days());
        assertEquals("2\n", unsettled());
    }

    @Test
    void aMarkThatComesDuringARebuildOutlivesIt() {
        markLongAgo("2026-03-01");
        probe.beforeRebuild(() -> {
            probe.beforeRebuild(() -> {});
            markLongAgo("2026-03-01");
        });

        refiner.refine();
        assertEquals("1\n", unsettled());

        refiner.refine();
        assertEquals("0\n", unsettled());
        assertEquals(2, probe.batches().size());
    }

    @Test
    void whatFailsStaysMarkedAndIsDoneLater() {
        insert("2026-03-01");
        markLongAgo("2026-03-01");
        probe.beforeRebuild(() -> {
            throw new RefiningException("The engine is away", null);
        });
        double failures = passes("failure");
        assertThrows(RefiningException.class, refiner::refine);
        assertEquals("", refined());
        assertEquals(failures + 1, passes("failure"));

        probe.beforeRebuild(() -> {});
        assertTrue(refiner.refine());

        assertEquals("2026-03-01\t1\n", refined());
    }

    @Test
    void goesOnWithAnEngineThatWasStartedAnew() {
        assumeTrue(TestEngine.isOurs());
        refiner.refine();
        TestEngine.kill();
        TestEngine.restart();
        insert("2026-03-01");

        assertTrue(refiner.refine());

        assertEquals("2026-03-01\t1\n", refined());
    }

    @Test
    void oneReplicaAtATime() {
        insert("2026-03-01");

        Stores.inPostgres(connection -> {
            connection.createStatement().execute(HOLD_LOCK);
            assertFalse(refiner.refine());
            assertEquals("", refined());
        });

        assertTrue(refiner.refine());
        assertEquals("2026-03-01\t1\n", refined());
    }

    @Test
    void whoLosesTheLockWritesNothingMore() {
        insert("2026-03-01");
        probe.beforeRebuild(() ->
                Stores.inPostgres(connection -> connection.createStatement().execute(END_HOLDER)));

        assertThrows(RefiningException.class, refiner::refine);

        assertEquals("", refined());
        assertEquals("1\n", unsettled());
    }

    @Test
    void theRowOfTheLaterHolderWins() {
        insert("2026-03-01");
        refiner.refine();
        Stores.execute("INSERT INTO probe_days VALUES ('%s', '2026-03-01', 0, 99)".formatted(caller.organization()));

        assertEquals("2026-03-01\t1\n", refined());
    }

    @Test
    void tellsHowFreshAnswersAre() {
        insert("2026-03-01");
        Instant before = Instant.now();
        refiner.refine();
        freshness.read();

        assertTrue(freshness.asOf().orElseThrow().isAfter(before.minusSeconds(60)));
        caller.withApiKey()
                .get("/probe/events")
                .then()
                .statusCode(200)
                .header(Freshness.HEADER, matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
        caller.withApiKey().get("/probe/caller").then().statusCode(200).header(Freshness.HEADER, equalTo(null));
    }

    @Test
    void noNumberOfASeriesIsGivenTwice() {
        String series = "series " + UUID.randomUUID();
        Set<Long> given = Collections.synchronizedSet(new HashSet<>());
        Stream.of("a", "b", "c", "d").parallel().forEach(name -> {
            try (Lease lease = Lease.tryTake(postgres, series + name).orElseThrow()) {
                for (int i = 0; i < 50; i++) {
                    long first = lease.reserve(series, 3, 0);
                    for (long number = first; number < first + 3; number++) {
                        assertTrue(given.add(number));
                    }
                }
            }
        });
        assertEquals(600, given.size());
        assertTrue(given.contains(1L) && given.contains(600L));

        try (Lease lease = Lease.tryTake(postgres, series).orElseThrow()) {
            assertEquals(10_001, lease.reserve(series, 1, 10_000));
            assertEquals(10_002, lease.reserve(series, 1, 500));
        }
    }

    @Test
    void bindsAnyText() {
        List<String> names = List.of("plain", "it's", "back\\slash", "tab\tand\nline", "\"quoted\"", "ü,]", "");
        try (Lease lease = Lease.tryTake(postgres, UUID.randomUUID().toString()).orElseThrow()) {
            assertEquals(
                    names,
                    new Workshop(engine, lease)
                            .statement("SELECT arrayJoin({names:Array(String)})")
                            .bindStrings("names", names)
                            .list(row -> row.nextString()));
        }
    }

    private static double passes(String outcome) {
        return Scrape.now().sum("quarry_refining_pass_seconds_count", "outcome", outcome);
    }

    private void insert(String... days) {
        Stores.insert(
                "events",
                Stream.of(days)
                        .map(day -> Map.<String, Object>of(
                                "organization_id",
                                caller.organization(),
                                "event_id",
                                UUID.randomUUID().toString(),
                                "time",
                                day + " 10:00:00.000",
                                "user_id",
                                "anna",
                                "kind",
                                "tool_call"))
                        .toList());
    }

    private void markLongAgo(String day) {
        Stores.execute("""
                INSERT INTO event_marks
                SELECT '%s', toDateTime('%s 00:00:00', 'UTC'), generateUUIDv4(), now64(3) - toIntervalMinute(10), 0
                """.formatted(caller.organization(), day));
    }

    private String refined() {
        return Stores.execute("SELECT day, events FROM probe_days FINAL WHERE organization = '%s' ORDER BY day"
                .formatted(caller.organization()));
    }

    private String unsettled() {
        return Stores.execute("SELECT count() FROM event_marks FINAL WHERE settled = 0 AND organization_id = '%s'"
                .formatted(caller.organization()));
    }
}
