package dev.quarry.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GridTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void findsTheBucketOfAMomentAsTheQueriesDo(long seed) {
        Window window = new RandomWindows(seed).anywhere(Duration.ofDays(60));
        for (Granularity granularity : List.of(
                Granularity.HOUR, Granularity.SIX_HOURS, Granularity.DAY, Granularity.WEEK, Granularity.MONTH)) {
            List<Instant> buckets = window.spine(granularity, 2_000).buckets();
            Grid grid = window.grid(granularity, 2_000);
            for (int bucket = 0; bucket < buckets.size(); bucket++) {
                Instant start = buckets.get(bucket);
                Instant end = bucket + 1 < buckets.size() ? buckets.get(bucket + 1) : window.end();
                assertEquals(start, bucketOf(start, grid), () -> granularity + " of " + window);
                assertEquals(start, bucketOf(end.minusMillis(1), grid), () -> granularity + " of " + window);
            }
        }
    }

    /** The expression of the queries in plain Java. */
    private static Instant bucketOf(Instant moment, Grid grid) {
        long time = moment.getEpochSecond();
        long origin = grid.origins().stream()
                .mapToLong(Instant::getEpochSecond)
                .filter(candidate -> candidate <= time)
                .max()
                .orElseThrow();
        long step = grid.step().toSeconds();
        return Instant.ofEpochSecond(origin + (time - origin) / step * step);
    }

    @Test
    void evenBucketsNeedAnOriginOnlyWhereAStepIsMissed() {
        List<Instant> buckets = List.of(START, START.plusSeconds(60), START.plusSeconds(90), START.plusSeconds(150));
        Grid grid = Grid.even(buckets, Duration.ofSeconds(60));

        assertEquals(List.of(START, START.plusSeconds(90)), grid.origins());
        assertEquals(Duration.ofSeconds(60), grid.step());
    }

    @Test
    void unevenBucketsHaveAStepThatIsLongerThanAllOfThem() {
        Instant end = START.plusSeconds(100);
        Grid grid = Grid.uneven(List.of(START, START.plusSeconds(30)), end);

        assertTrue(grid.step().compareTo(Duration.between(START, end)) > 0);
    }
}
