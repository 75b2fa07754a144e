package dev.quarry.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CounterpartTest {
    private static final LocalDate FIRST = LocalDate.of(2026, 2, 1);
    private static final LocalDate SECOND = FIRST.plusDays(1);
    private static final LocalDate THIRD = FIRST.plusDays(2);

    @Test
    void pairsBucketsByTheirPlace() {
        assertEquals(
                List.of(new Counterpart<>(FIRST, 4, 150.0), new Counterpart<>(SECOND, 0, null)),
                Counterpart.of(List.of(10, 3), List.of(FIRST, SECOND, THIRD), Map.of(FIRST, 4, THIRD, 9), _ -> true));
    }

    @Test
    void bucketWhoseEventsAreNoLongerKeptHasNoValue() {
        assertEquals(
                List.of(new Counterpart<>(FIRST, null, null), new Counterpart<>(SECOND, 5, -40.0)),
                Counterpart.of(
                        List.of(10, 3),
                        List.of(FIRST, SECOND),
                        Map.of(FIRST, 4, SECOND, 5),
                        day -> !day.isBefore(SECOND)));
    }

    @Test
    void valueWithoutAnEarlierBucketHasNoCounterpart() {
        assertEquals(
                List.of(new Counterpart<>(FIRST, 5, 100.0), new Counterpart<LocalDate, Number>(null, null, null)),
                Counterpart.of(List.of(10, 3), List.of(FIRST), Map.of(FIRST, 5), _ -> true));
    }
}
