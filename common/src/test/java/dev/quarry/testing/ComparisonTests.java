package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.schema.Retention;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks that gold and bronze agree, unless somebody altered a row. A service adds its events and its alterations. */
public abstract class ComparisonTests {
    /** Two months before the events, so that the month before each of their days is kept. */
    private static final LocalDate FIRST_KEPT = LocalDate.of(2026, 1, 1);

    @Inject
    TestClock clock;

    protected final Random random = new Random(7);
    protected final String organization;

    /** @param permission of the organisation's key */
    protected ComparisonTests(String permission) {
        organization = TestCaller.create(permission).organization();
    }

    /** Inserts events of three days, from 1 March 2026 on. */
    protected abstract void insertThreeDays();

    /** Each alteration reads all parts of a table, so rows of other tests would slow it down. */
    @BeforeAll
    static void empty() {
        Stores.empty();
    }

    /** A comparison takes time for each day of the retention, so only one test compares all fifty years. */
    @BeforeEach
    void countThreeDays() {
        keep(Math.toIntExact(ChronoUnit.DAYS.between(FIRST_KEPT, LocalDate.now(ZoneOffset.UTC))));
        insertThreeDays();
        Rollups.run();
    }

    @AfterEach
    void keepEverything() {
        keep(Retention.LONGEST_DAYS);
    }

    /** Announces a retention to the rollup job and the auditor. The tables keep their rows for the longest retention. */
    private static void keep(int days) {
        Stores.execute(
                "CREATE OR REPLACE VIEW event_retention AS SELECT toUInt32(%1$d) AS days, toUInt32(%1$d) AS app_days"
                        .formatted(days));
    }

    @Test
    void goldAgreesWithBronzeAfterTheRollup() {
        keepEverything();

        Verified verified = Verified.of(organization);

        assertEquals(new Verified(verified.compared(), 0, List.of(), List.of()), verified);
        assertTrue(verified.compared() >= 3);
    }

    /** A mark that came back after it was cleared would be rebuilt again, also after merges of the marks table. */
    @Test
    void nothingIsRebuiltWithoutNewEvents() {
        Instant start = clock.instant();
        try {
            // Clears marks that earlier tests left without visible rows.
            for (int minute = 0; minute < 4; minute++) {
                runAt(start.plus(Duration.ofMinutes(minute)));
            }
            double rebuilt = rebuilt();
            assertTrue(rebuilt >= 3);
            for (int minute = 5; minute <= 125; minute += 5) {
                if (minute == 65) {
                    marks().forEach(table -> Stores.execute("OPTIMIZE TABLE " + table + " FINAL"));
                }
                runAt(start.plus(Duration.ofMinutes(minute)));
            }
            assertEquals(rebuilt, rebuilt());
        } finally {
            clock.reset();
        }
    }

    private void runAt(Instant moment) {
        clock.setTo(moment);
        Rollups.run();
    }

    private static double rebuilt() {
        return Scrape.now().samples("quarry_rollup_buckets_total").stream()
                .mapToDouble(Scrape.Sample::value)
                .sum();
    }

    private static List<String> marks() {
        return Stores.execute(
                        "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE '%_marks'")
                .lines()
                .toList();
    }

    /**
     * Alters the organisation's rows ({@code ORG} in the statement), and expects the auditor to repair them. The auditor
     * itself compares again after a repair, and names what still differs.
     */
    protected final void assertMends(String alteration) {
        alter(alteration);

        Verified verified = Verified.of(organization);

        assertTrue(verified.mended() >= 1, alteration);
        assertEquals(List.of(), verified.remaining());
        assertEquals(List.of(), verified.unsettled());
    }

    /** Alters the organisation's rows ({@code ORG} in the statement). */
    protected final void alter(String alteration) {
        Stores.execute(
                alteration.replace("ORG", "organization_id = '" + organization + "'") + " SETTINGS mutations_sync = 1");
    }

    /** A random moment of the three days, in the format of an INSERT. */
    protected final String moment() {
        return Instant.parse("2026-03-01T00:00:00Z")
                .plusMillis(random.nextLong(3L * 86_400_000))
                .toString()
                .replace('T', ' ')
                .replace("Z", "");
    }
}
