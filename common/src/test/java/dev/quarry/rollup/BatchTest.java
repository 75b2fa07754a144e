package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BatchTest {

    @Test
    void byDayListsEachDayOnceAndKeepsTheVersion() {
        Batch hours = new Batch(
                7,
                Stream.of(
                                "2026-03-01T00:00:00Z",
                                "2026-03-01T23:00:00Z",
                                "2026-03-02T00:00:00Z",
                                "2026-02-01T05:00:00Z")
                        .flatMap(hour -> Stream.of(bucket("a", hour), bucket("b", hour)))
                        .toList());

        assertEquals(
                List.of(
                        new Batch(
                                7,
                                List.of(
                                        bucket("a", "2026-03-01T00:00:00Z"),
                                        bucket("b", "2026-03-01T00:00:00Z"),
                                        bucket("a", "2026-03-02T00:00:00Z"),
                                        bucket("b", "2026-03-02T00:00:00Z"))),
                        new Batch(
                                7, List.of(bucket("a", "2026-02-01T00:00:00Z"), bucket("b", "2026-02-01T00:00:00Z")))),
                hours.byDay(4));
    }

    @Test
    void organizationsStartsAndDaysAreInTheOrderOfTheBuckets() {
        Batch batch = new Batch(7, List.of(bucket("b", "2026-03-02T23:00:00Z"), bucket("a", "2026-03-01T00:00:00Z")));

        assertEquals(List.of("b", "a"), batch.organizations());
        assertEquals(
                List.of(Instant.parse("2026-03-02T23:00:00Z"), Instant.parse("2026-03-01T00:00:00Z")), batch.starts());
        assertEquals(List.of(LocalDate.parse("2026-03-02"), LocalDate.parse("2026-03-01")), batch.days());
    }

    @Test
    void aBatchIsNeverEmpty() {
        assertThrows(IllegalArgumentException.class, () -> new Batch(7, List.of()));
    }

    private static Bucket bucket(String organization, String start) {
        return new Bucket(organization, Instant.parse(start));
    }
}
