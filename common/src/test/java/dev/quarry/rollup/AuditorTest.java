package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.postgres.DedicatedConnections;
import dev.quarry.probe.ProbeRollup;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.Verified;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class AuditorTest {
    @Inject
    Auditor auditor;

    @Inject
    RollupJob job;

    @Inject
    ProbeRollup probe;

    @Inject
    Shards shards;

    @Inject
    DedicatedConnections connections;

    private String organization;

    @BeforeEach
    void threeDaysAreCounted() {
        ProbeRollup.createTable();
        Stores.execute("TRUNCATE TABLE event_marks");
        organization = TestCaller.create(Permissions.METRICS_READ).organization();
        insert("2026-03-01", "2026-03-02", "2026-03-02", "2026-03-03");
        job.run();
        assertEquals("2026-03-01\t1\n2026-03-02\t2\n2026-03-03\t1\n", gold());
    }

    @AfterEach
    void letItWork() {
        probe.beforeRebuild(() -> {});
        probe.mending(() -> {});
    }

    @Test
    void reportsNoDifferenceIfGoldAgreesWithBronze() {
        assertEquals(new Verified(3, 0, List.of(), List.of()), verify());
    }

    @Test
    void repairsAnAlteredRowOfGold() {
        alterGold("2026-03-02");

        assertEquals(new Verified(3, 1, List.of(), List.of()), verify());
        assertEquals("2026-03-01\t1\n2026-03-02\t2\n2026-03-03\t1\n", gold());
    }

    /** The altered row has an invented version. */
    @Test
    void repairsAnInsertedRowOfGold() {
        Stores.execute("INSERT INTO probe_days VALUES ('%s', '2026-03-02', 1000000000, 99)".formatted(organization));

        assertEquals(new Verified(3, 1, List.of(), List.of()), verify());
        assertEquals("2026-03-01\t1\n2026-03-02\t2\n2026-03-03\t1\n", gold());
    }

    @Test
    void repairsGoldAfterADeletionFromBronze() {
        delete(
                "day = '2026-03-01' OR event_id = (SELECT max(event_id) FROM events WHERE organization_id = '%s' AND day = '2026-03-02')"
                        .formatted(organization));

        assertEquals(new Verified(3, 2, List.of(), List.of()), verify());
        assertEquals("2026-03-01\t0\n2026-03-02\t1\n2026-03-03\t1\n", gold());
    }

    @Test
    void repairsADeletedRowOfGold() {
        Stores.execute("ALTER TABLE probe_days DELETE WHERE organization = '%s' SETTINGS mutations_sync = 1"
                .formatted(organization));

        assertEquals(new Verified(3, 3, List.of(), List.of()), verify());
        assertEquals("2026-03-01\t1\n2026-03-02\t2\n2026-03-03\t1\n", gold());
    }

    @Test
    void repairsADayWhoseMarkWasLost() {
        insert("2026-03-04", "2026-03-03");
        Stores.execute("TRUNCATE TABLE event_marks");
        job.run();
        assertEquals("2026-03-01\t1\n2026-03-02\t2\n2026-03-03\t1\n", gold());

        assertEquals(new Verified(4, 2, List.of(), List.of()), verify());
        assertEquals("2026-03-01\t1\n2026-03-02\t2\n2026-03-03\t2\n2026-03-04\t1\n", gold());
    }

    /** What it has mended until then no longer differs. Without a mark, answers from before would be reused. */
    @Test
    void marksBucketsAlsoIfTheirMendingFails() {
        alterGold("2026-03-02");
        probe.mending(() -> {
            throw new IllegalStateException("It fails halfway");
        });
        Comparing comparing = new Comparing(probe, shards.all().getFirst(), connections, job);

        assertThrows(
                IllegalStateException.class,
                () -> comparing.compare(
                        organization, Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-03-04T00:00:00Z")));

        assertEquals("1\n", marks());
    }

    @Test
    void reportsDifferencesThatARebuildDoesNotRepair() {
        probe.beforeRebuild(batch -> Stores.execute("INSERT INTO probe_days VALUES ('%s', '2026-03-02', %d, 99)"
                .formatted(organization, batch.version() + 1)));
        insert("2026-03-02");
        job.run();

        Verified verified = verify();

        assertEquals(0, verified.mended());
        assertEquals(
                List.of("%s 2026-03-02T00:00:00Z: bronze has 3; gold has 99".formatted(organization)),
                verified.remaining());
    }

    /** The mark of the first look stays, so the day seems to wait for its rebuild at all later ones. */
    @Test
    void reportsDifferencesThatCannotBeRebuilt() {
        alterGold("2026-03-02");
        probe.beforeRebuild(() -> {
            throw new IllegalStateException("It cannot be rebuilt");
        });

        assertEquals(
                new Verified(
                        3,
                        0,
                        List.of(),
                        List.of("%s 2026-03-02T00:00:00Z: bronze has 2; gold has 99".formatted(organization))),
                verify());
    }

    @Test
    void findsDifferencesOfTheNewestDaysWithoutARequest() {
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        insert(today);
        job.run();
        alterGold(today);
        double before = differences();

        for (int turn = 0; turn < turnsOfAllOrganizations() && marks().equals("0\n"); turn++) {
            auditor.work();
        }

        assertEquals("1\n", marks());
        assertTrue(differences() > before);
        job.run();
        assertTrue(gold().endsWith(today + "\t1\n"));
    }

    /** A marked bucket waits for its rebuild and is no difference. */
    @Test
    void skipsMarkedBuckets() {
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        insert(today);

        for (int turn = 0; turn < turnsOfAllOrganizations(); turn++) {
            auditor.work();
        }

        assertEquals("1\n", marks(), "and not another one of the auditor's");
    }

    /** Gives the row of a day 99 events. */
    private void alterGold(String day) {
        Stores.execute(
                "ALTER TABLE probe_days UPDATE events = 99 WHERE organization = '%s' AND day = '%s' SETTINGS mutations_sync = 1"
                        .formatted(organization, day));
    }

    private Verified verify() {
        return Verified.of(organization);
    }

    private static double differences() {
        return Scrape.now().sum("quarry_audit_differences_total", "rollup", "probe");
    }

    /** The turns after which the auditor has certainly compared each organisation, also one that it does not know yet. */
    private static int turnsOfAllOrganizations() {
        return 2 * organizations();
    }

    private static int organizations() {
        List<Integer> count = new ArrayList<>();
        Stores.inPostgres(connection -> {
            ResultSet row = connection.createStatement().executeQuery("SELECT count(*) FROM organizations");
            row.next();
            count.add(row.getInt(1));
        });
        return count.getFirst();
    }

    private void insert(String... days) {
        Stores.insert(
                "events",
                Stream.of(days)
                        .map(day -> Map.<String, Object>of(
                                "organization_id",
                                organization,
                                "event_id",
                                UUID.randomUUID().toString(),
                                "time",
                                day + " 00:00:00.000",
                                "kind",
                                "tool_call"))
                        .toList());
    }

    private void delete(String condition) {
        Stores.execute("ALTER TABLE events DELETE WHERE organization_id = '%s' AND (%s) SETTINGS mutations_sync = 1"
                .formatted(organization, condition));
    }

    private String gold() {
        return Stores.execute("SELECT day, events FROM probe_days FINAL WHERE organization = '%s' ORDER BY day"
                .formatted(organization));
    }

    private String marks() {
        return Stores.execute("SELECT count() FROM event_marks FINAL WHERE sign = 1 AND organization_id = '%s'"
                .formatted(organization));
    }
}
