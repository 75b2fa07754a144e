package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.testing.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SetAsideTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Bucket BUCKET = new Bucket("org_a", Instant.parse("2026-03-01T00:00:00Z"));
    private static final Bucket OTHER = new Bucket("org_b", Instant.parse("2026-03-01T00:00:00Z"));

    private final TestClock clock = new TestClock();
    private final SetAside setAside = new SetAside(clock, Duration.ofSeconds(5));

    SetAsideTest() {
        clock.setTo(NOON);
    }

    @Test
    void aBucketWaitsUntilItsPauseHasPassed() {
        assertFalse(setAside.mustWait(BUCKET));

        setAside.add(BUCKET);

        assertTrue(setAside.mustWait(BUCKET));
        assertFalse(setAside.mustWait(OTHER));
        clock.setTo(NOON.plusMillis(4_999));
        assertTrue(setAside.mustWait(BUCKET));
        clock.setTo(NOON.plusSeconds(5));
        assertFalse(setAside.mustWait(BUCKET));
    }

    @Test
    void aBucketDoesNotWaitForAClockThatHasGoneBack() {
        setAside.add(BUCKET);

        clock.setTo(NOON.minusSeconds(3_600));

        assertFalse(setAside.mustWait(BUCKET));
    }

    @Test
    void thePauseDoublesWithEachFailureUpToFiveMinutes() {
        for (int seconds : new int[] {5, 10, 20, 40, 80, 160, 300, 300}) {
            assertEquals(Duration.ofSeconds(seconds), setAside.add(BUCKET));
        }
        assertEquals(Duration.ofSeconds(5), setAside.add(OTHER));
    }

    @Test
    void thePauseStaysAtFiveMinutesHoweverOftenABucketFails() {
        for (int failure = 0; failure < 100; failure++) {
            setAside.add(BUCKET);
        }

        assertEquals(Duration.ofMinutes(5), setAside.add(BUCKET));
    }

    /** A longer interval than the longest pause. */
    @Test
    void thePauseIsNeverLongerThanFiveMinutes() {
        assertEquals(Duration.ofMinutes(5), new SetAside(clock, Duration.ofMinutes(6)).add(BUCKET));
    }

    @Test
    void aRebuiltBucketBeginsWithTheShortestPauseAgain() {
        setAside.add(BUCKET);
        setAside.add(BUCKET);
        setAside.add(OTHER);

        setAside.rebuilt(List.of(BUCKET));

        assertFalse(setAside.mustWait(BUCKET));
        assertTrue(setAside.mustWait(OTHER));
        assertEquals(1, setAside.size());
        assertEquals(Duration.ofSeconds(5), setAside.add(BUCKET));
        assertEquals(2, setAside.size());
    }

    @Test
    void bucketsThatAreNoLongerDirtyAreForgotten() {
        setAside.add(BUCKET);
        setAside.add(OTHER);

        setAside.retain(Set.of(OTHER));

        assertFalse(setAside.mustWait(BUCKET));
        assertTrue(setAside.mustWait(OTHER));
        assertEquals(1, setAside.size());
    }
}
