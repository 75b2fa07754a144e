package dev.quarry.apps.analytics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.time.Window;
import dev.quarry.time.Zones;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowRowsTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "12:00:00,     13:00:00,     12:00, 12:00, 13:00, 13:00, none",
                "12:00:00.001, 13:00:00.001, 12:00, 12:05, 13:00, 13:05, 12:00 13:00",
                "12:04:59.999, 13:04:59.999, 12:00, 12:05, 13:00, 13:05, 12:00 13:00",
                "12:00:00,     13:02:00,     12:00, 12:00, 13:00, 13:05, 13:00",
                "12:03:00,     13:05:00,     12:00, 12:05, 13:05, 13:05, 12:00",
                "12:00:00,     12:02:00,     12:00, 12:00, 12:00, 12:05, 12:00",
                "12:01:00,     12:02:00,     12:00, 12:05, 12:00, 12:05, 12:00",
                "12:01:00,     12:07:00,     12:00, 12:05, 12:05, 12:10, 12:00 12:05"
            })
    void rowsLieInTheWindowOrAreCut(
            String start, String end, String touched, String from, String until, String touchedUntil, String cut) {
        WindowRows rows = WindowRows.of(new Window(moment(start), moment(end), Zones.UTC), Duration.ofMinutes(5));

        assertEquals(new WindowRows(minute(touched), minute(from), minute(until), minute(touchedUntil)), rows);
        assertEquals(
                cut == null
                        ? List.of()
                        : Arrays.stream(cut.split(" "))
                                .map(WindowRowsTest::minute)
                                .toList(),
                rows.cut());
    }

    private static Instant minute(String time) {
        return moment(time + ":00");
    }

    private static Instant moment(String time) {
        return Instant.parse("2026-02-20T" + time + "Z");
    }
}
