package dev.quarry.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpineTest {
    private static final LocalDate DAY = LocalDate.of(2024, 2, 28);
    private static final Spine<LocalDate> SPINE =
            Window.ofDays(DAY, DAY.plusDays(2), Zones.UTC, 7).dates(Granularity.DAY, 7);

    private record Count(LocalDate day, long value) {}

    private static List<Count> fill(List<Count> sparse) {
        return SPINE.fill(sparse, Count::day, day -> new Count(day, 0));
    }

    @Test
    void missingBucketsAreZeroAndBucketsAreInOrder() {
        assertEquals(
                List.of(new Count(DAY, 7), new Count(DAY.plusDays(1), 0), new Count(DAY.plusDays(2), 9)),
                fill(List.of(new Count(DAY.plusDays(2), 9), new Count(DAY, 7))));
        assertEquals(3, fill(List.of()).size());
    }

    @Test
    void findsTheIndexOfABucket() {
        assertEquals(0, Spine.place(SPINE, DAY));
        assertEquals(2, Spine.place(SPINE, DAY.plusDays(2)));
        assertThrows(IllegalStateException.class, () -> Spine.place(SPINE, DAY.plusDays(3)));
    }

    @Test
    void refusesAValueOutsideItsBuckets() {
        assertThrows(IllegalStateException.class, () -> fill(List.of(new Count(DAY.minusDays(1), 1))));
        assertThrows(IllegalStateException.class, () -> fill(List.of(new Count(DAY, 1), new Count(DAY, 2))));
    }
}
