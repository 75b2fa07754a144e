package dev.quarry.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GranularityTest {
    static LongStream seeds() {
        return LongStream.range(0, 150);
    }

    /** A window of a few days, walked minute by minute with the JDK's own clock; nothing of ours takes part. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void bucketsAgreeWithAWalkMinuteByMinute(long seed) {
        Window window = new RandomWindows(seed).anywhere(Duration.ofDays(9));
        ZoneId zone = window.zone();
        Map<Granularity, List<Instant>> walked = walk(window);

        for (Granularity granularity : Granularity.values()) {
            List<Instant> expected = walked.get(granularity);
            String which = "seed " + seed + ", " + granularity + " of " + window;
            assertEquals(expected, window.spine(granularity, Integer.MAX_VALUE).buckets(), which);
            assertEquals(expected.size(), window.count(granularity), which);
        }

        for (Instant instant = window.start();
                instant.isBefore(window.end());
                instant = instant.plus(Duration.ofSeconds(997))) {
            for (Granularity granularity : Granularity.values()) {
                Instant bucket = granularity.bucketOf(instant, zone);
                Instant next = granularity.next(bucket, zone);
                String which = "seed " + seed + ", " + granularity + " at " + instant + " in " + zone;
                assertFalse(bucket.isAfter(instant), which);
                assertTrue(next.isAfter(instant), which);
                assertEquals(next, granularity.next(instant, zone), which);
                assertEquals(bucket, granularity.bucketOf(bucket, zone), which);
                assertEquals(bucket, granularity.bucketOf(next.minusNanos(1), zone), which);
                assertEquals(next, granularity.bucketOf(next, zone), which);
            }
        }
    }

    /** Bucket starts by a naive rule: a bucket starts at the minute at which the latest label seen so far changes. */
    private static Map<Granularity, List<Instant>> walk(Window window) {
        Map<Granularity, List<Instant>> starts = new EnumMap<>(Granularity.class);
        Map<Granularity, LocalDateTime> latest = new EnumMap<>(Granularity.class);
        for (Granularity granularity : Granularity.values()) {
            starts.put(granularity, new ArrayList<>());
        }
        Instant dayStart = Instant.MIN;
        Instant minute = window.start().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofDays(35));
        for (; minute.isBefore(window.end()); minute = minute.plusSeconds(60)) {
            ZonedDateTime wall = minute.atZone(window.zone());
            LocalDateTime midnight = wall.toLocalDate().atStartOfDay();
            if (advance(Granularity.DAY, midnight, minute, starts, latest)) {
                dayStart = minute;
            }
            advance(Granularity.SIX_HOURS, midnight.withHour(wall.getHour() / 6 * 6), minute, starts, latest);
            LocalDateTime monday = midnight.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            advance(Granularity.WEEK, monday, minute, starts, latest);
            advance(Granularity.MONTH, midnight.withDayOfMonth(1), minute, starts, latest);
            long minuteOfDay = ChronoUnit.MINUTES.between(dayStart, minute);
            starts.get(Granularity.MINUTE).add(minute);
            if (minuteOfDay % 5 == 0) {
                starts.get(Granularity.FIVE_MINUTES).add(minute);
            }
            if (minuteOfDay % 60 == 0) {
                starts.get(Granularity.HOUR).add(minute);
            }
        }
        starts.replaceAll((granularity, all) -> {
            long before =
                    all.stream().filter(start -> !start.isAfter(window.start())).count();
            return all.subList((int) before - 1, all.size());
        });
        return starts;
    }

    private static boolean advance(
            Granularity granularity,
            LocalDateTime label,
            Instant minute,
            Map<Granularity, List<Instant>> starts,
            Map<Granularity, LocalDateTime> latest) {
        LocalDateTime before = latest.get(granularity);
        if (before != null && !label.isAfter(before)) {
            return false;
        }
        latest.put(granularity, label);
        starts.get(granularity).add(minute);
        return true;
    }

    @ParameterizedTest
    @CsvSource({
        // Hours start at local whole hours, odd offset or not.
        "HOUR, Asia/Kolkata, 2024-05-01T10:29:59Z, 2024-05-01T09:30:00Z, 2024-05-01T10:30:00Z",
        "HOUR, Asia/Kathmandu, 2024-05-01T10:14:59Z, 2024-05-01T09:15:00Z, 2024-05-01T10:15:00Z",
        // 02:00 to 03:00 happens twice in Berlin: two hours.
        "HOUR, Europe/Berlin, 2024-10-27T00:30:00Z, 2024-10-27T00:00:00Z, 2024-10-27T01:00:00Z",
        "HOUR, Europe/Berlin, 2024-10-27T01:30:00Z, 2024-10-27T01:00:00Z, 2024-10-27T02:00:00Z",
        // Lord Howe goes back half an hour at 02:00: on that day hours start at half past, the last one is half.
        "HOUR, Australia/Lord_Howe, 2024-04-06T14:59:00Z, 2024-04-06T14:00:00Z, 2024-04-06T15:00:00Z",
        "HOUR, Australia/Lord_Howe, 2024-04-06T15:40:00Z, 2024-04-06T15:00:00Z, 2024-04-06T16:00:00Z",
        "HOUR, Australia/Lord_Howe, 2024-04-07T13:10:00Z, 2024-04-07T13:00:00Z, 2024-04-07T13:30:00Z",
        // Quarters of a day follow the clock on the wall: seven hours and five.
        "SIX_HOURS, Europe/Berlin, 2024-10-27T02:00:00Z, 2024-10-26T22:00:00Z, 2024-10-27T05:00:00Z",
        "SIX_HOURS, Europe/Berlin, 2024-03-31T02:00:00Z, 2024-03-30T23:00:00Z, 2024-03-31T04:00:00Z",
        "DAY, America/New_York, 2024-03-10T12:00:00Z, 2024-03-10T05:00:00Z, 2024-03-11T04:00:00Z",
        "DAY, America/New_York, 2024-11-03T12:00:00Z, 2024-11-03T04:00:00Z, 2024-11-04T05:00:00Z",
        // No midnight: the day starts at 01:00.
        "DAY, America/Sao_Paulo, 2018-11-04T12:00:00Z, 2018-11-04T03:00:00Z, 2018-11-05T02:00:00Z",
        "DAY, Africa/Cairo, 2023-04-28T12:00:00Z, 2023-04-27T22:00:00Z, 2023-04-28T21:00:00Z",
        // Two midnights: the first counts.
        "DAY, America/Havana, 2024-11-03T04:30:00Z, 2024-11-03T04:00:00Z, 2024-11-04T05:00:00Z",
        // The clock fell back across midnight: the day that has begun is not called off.
        "DAY, America/St_Johns, 2010-11-07T03:00:00Z, 2010-11-07T02:30:00Z, 2010-11-08T03:30:00Z",
        // 30 December 2011 did not happen in Apia.
        "DAY, Pacific/Apia, 2011-12-30T09:59:59Z, 2011-12-29T10:00:00Z, 2011-12-30T10:00:00Z",
        "DAY, Pacific/Apia, 2011-12-30T10:00:00Z, 2011-12-30T10:00:00Z, 2011-12-31T10:00:00Z",
        // ISO weeks start on Monday, also across a year's end.
        "WEEK, UTC, 2025-01-01T00:00:00Z, 2024-12-30T00:00:00Z, 2025-01-06T00:00:00Z",
        "WEEK, UTC, 2024-12-29T23:59:59Z, 2024-12-23T00:00:00Z, 2024-12-30T00:00:00Z",
        "MONTH, UTC, 2024-02-29T23:59:59Z, 2024-02-01T00:00:00Z, 2024-03-01T00:00:00Z",
        "MONTH, Europe/Berlin, 2024-03-31T12:00:00Z, 2024-02-29T23:00:00Z, 2024-03-31T22:00:00Z",
    })
    void bucketStartsAndEnds(Granularity granularity, ZoneId zone, Instant instant, Instant start, Instant end) {
        assertEquals(start, granularity.bucketOf(instant, zone));
        assertEquals(end, granularity.next(instant, zone));
    }

    @Test
    void namesAreParsedAsTheApiWritesThem() {
        assertEquals(Optional.of(Granularity.WEEK), Granularity.named("week"));
        assertEquals(Optional.empty(), Granularity.named("WEEK"));
        assertEquals(Optional.empty(), Granularity.named("fortnight"));
    }
}
