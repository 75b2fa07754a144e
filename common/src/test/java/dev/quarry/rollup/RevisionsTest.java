package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RevisionsTest {
    private static final String ORGANIZATION = "org_a";
    private static final String OTHER = "org_b";

    private final Revisions revisions = new Revisions();

    @Test
    void nothingIsKnownBeforeTheFirstRead() {
        assertTrue(revisions.of(ORGANIZATION).isEmpty());
    }

    @Test
    void revisionStaysWhileNothingChanges() {
        Revision first = read(7, Set.of());

        assertSame(first, read(7, Set.of()));
        assertSame(first, read(8, Set.of(OTHER)));
    }

    @Test
    void changedOrganizationGetsANewRevision() {
        Revision first = read(7, Set.of());

        Revision second = read(8, Set.of(ORGANIZATION));

        assertNotSame(first, second);
        assertSame(second, read(8, Set.of()));
        assertNotSame(second, read(9, Set.of(ORGANIZATION)));
    }

    @Test
    void nothingIsKnownAfterAFailedReadAndEverythingIsNewAfterwards() {
        Revision first = read(7, Set.of());

        revisions.forget();

        assertTrue(revisions.of(ORGANIZATION).isEmpty());
        assertNotSame(first, read(7, Set.of()));
    }

    @Test
    void revisionHasAnAge() {
        assertTrue(new Revision(System.nanoTime() - Duration.ofDays(1).toNanos()).isOlderThan(Duration.ofDays(1)));
        assertFalse(new Revision(System.nanoTime()).isOlderThan(Duration.ofDays(1)));
    }

    /** PostgreSQL was restored from a backup: it may give the same numbers again. */
    @Test
    void smallerNumberMakesEverythingNew() {
        Revision first = read(7, Set.of());

        assertNotSame(first, read(6, Set.of()));
    }

    @Test
    void newRollupMakesEverythingNew() {
        Revision first = read(7, Set.of());

        revisions.read(Map.of("events", 7L, "apps", 1L), Set.of(), System.nanoTime());

        assertNotSame(first, revisions.of(ORGANIZATION).orElseThrow());
    }

    @Test
    void oldReadIsNotTrusted() {
        revisions.read(
                Map.of("events", 7L),
                Set.of(),
                System.nanoTime() - Duration.ofSeconds(4).toNanos());

        assertTrue(revisions.of(ORGANIZATION).isEmpty());
    }

    @Test
    void nextReadAsksForLaterNumbersOnly() {
        assertEquals(null, revisions.newest(new String[] {"events"})[0]);
        read(7, Set.of());
        assertEquals(7L, revisions.newest(new String[] {"events"})[0]);
    }

    private Revision read(long newest, Set<String> changed) {
        revisions.read(Map.of("events", newest), changed, System.nanoTime());
        return revisions.of(ORGANIZATION).orElseThrow();
    }
}
