package dev.quarry.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DateTimeTest {
    @ParameterizedTest
    @CsvSource({
        "2026-02-20T13:00, UTC, 2026-02-20T13:00:00Z",
        "2026-02-20T13:00, Europe/Berlin, 2026-02-20T12:00:00Z",
        "2026-03-29T02:30, Europe/Berlin, 2026-03-29T01:00:00Z",
        "2025-10-26T02:30, Europe/Berlin, 2025-10-26T00:30:00Z",
    })
    void timeWithoutAnOffsetIsThatOfTheZone(LocalDateTime local, ZoneId zone, Instant moment) {
        assertEquals(moment, new DateTime(local, Optional.empty()).in(zone));
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 2026-02-20T13:00:00Z",
        "PT5H30M, 2026-02-20T07:30:00Z",
        "PT-23H-59M, 2026-02-21T12:59:00Z",
    })
    void offsetCountsInEveryZone(Duration offset, Instant moment) {
        var sent = new DateTime(LocalDateTime.parse("2026-02-20T13:00"), Optional.of(offset));
        assertEquals(moment, sent.in(ZoneId.of("Asia/Kathmandu")));
    }
}
