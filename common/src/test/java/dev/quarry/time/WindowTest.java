package dev.quarry.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WindowTest {
    private static final ZoneId APIA = ZoneId.of("Pacific/Apia");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOON = Instant.parse("2024-03-01T12:34:56.789123Z");

    static LongStream seeds() {
        return LongStream.range(0, 400);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void wholeDaysContainEachCalendarDayOnce(long seed) {
        Window window = new RandomWindows(seed).wholeDays(500);
        String which = "seed " + seed + ": " + window;
        List<LocalDate> calendar = window.from()
                .datesUntil(window.to().plusDays(1))
                .filter(day -> exists(day, window.zone()))
                .toList();

        assertTrue(window.isWholeDays(), which);
        assertEquals(calendar, window.dates(Granularity.DAY, 500).buckets(), which);
        assertEquals(calendar.size(), window.days(), which);
        assertEquals(window.spine(Granularity.DAY, 500).buckets().getFirst(), window.start(), which);
    }

    /** A day exists if some hour of it is what a clock in the zone can show. */
    private static boolean exists(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toLocalDate().equals(day);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void bucketCountEqualsTheNumberOfBuckets(long seed) {
        Window window = new RandomWindows(seed).anywhere(Duration.ofDays(1_000));
        for (Granularity granularity : List.of(
                Granularity.HOUR, Granularity.SIX_HOURS, Granularity.DAY, Granularity.WEEK, Granularity.MONTH)) {
            assertEquals(
                    window.spine(granularity, 30_000).buckets().size(),
                    window.count(granularity),
                    () -> "seed " + seed + ": " + granularity + " of " + window);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void previousWindowIsAdjacentAndOfTheSameLength(long seed) {
        RandomWindows random = new RandomWindows(seed);
        Window days = random.wholeDays(400);
        assertEquals(days.start(), days.previous().end(), () -> "seed " + seed + ": " + days);
        assertEquals(days.days(), days.previous().days(), () -> "seed " + seed + ": " + days);
        assertTrue(days.previous().isWholeDays(), () -> "seed " + seed + ": " + days);

        Window moments = random.anywhere(Duration.ofDays(400));
        assertFalse(moments.isWholeDays(), () -> "seed " + seed + ": " + moments);
        assertEquals(moments.start(), moments.previous().end(), () -> "seed " + seed + ": " + moments);
        assertEquals(
                Duration.between(moments.start(), moments.end()),
                Duration.between(moments.previous().start(), moments.previous().end()),
                () -> "seed " + seed + ": " + moments);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void windowOfTheYearBeforeBeginsAYearEarlierAndHasTheSameLength(long seed) {
        RandomWindows random = new RandomWindows(seed);
        Window days = random.wholeDays(400);
        LocalDate first = days.from().minusYears(1);
        while (!exists(first, days.zone())) {
            first = first.plusDays(1);
        }
        assertEquals(first, days.yearBefore().from(), () -> "seed " + seed + ": " + days);
        assertEquals(days.days(), days.yearBefore().days(), () -> "seed " + seed + ": " + days);
        assertTrue(days.yearBefore().isWholeDays(), () -> "seed " + seed + ": " + days);

        Window moments = random.anywhere(Duration.ofDays(400));
        Window earlier = moments.yearBefore();
        LocalDateTime start =
                moments.start().atZone(moments.zone()).toLocalDateTime().minusYears(1);
        if (moments.zone().getRules().getValidOffsets(start).size() == 1) {
            assertEquals(
                    start,
                    earlier.start().atZone(moments.zone()).toLocalDateTime(),
                    () -> "seed " + seed + ": " + moments);
        }
        assertEquals(
                Duration.between(moments.start(), moments.end()),
                Duration.between(earlier.start(), earlier.end()),
                () -> "seed " + seed + ": " + moments);
    }

    @ParameterizedTest
    @CsvSource({
        "2024-02-28, 2024-03-01, UTC, 3",
        "2023-02-28, 2023-03-01, UTC, 2",
        "2023-12-31, 2024-01-01, UTC, 2",
        "2024-03-31, 2024-03-31, Europe/Berlin, 1",
        "2011-12-29, 2011-12-31, Pacific/Apia, 2",
        "2011-12-30, 2011-12-31, Pacific/Apia, 1",
    })
    void daysOfAWindow(LocalDate from, LocalDate to, ZoneId zone, long days) {
        assertEquals(days, Window.ofDays(from, to, zone, 7).days());
    }

    @Test
    void previousWindowOfDaysHasTheSameNumberOfDays() {
        Window sevenDays = Window.ofDays(LocalDate.of(2024, 4, 1), LocalDate.of(2024, 4, 7), BERLIN, 7);
        assertEquals(LocalDate.of(2024, 3, 25), sevenDays.previous().from());
        assertEquals(LocalDate.of(2024, 3, 31), sevenDays.previous().to());
        assertEquals(
                Duration.ofHours(7 * 24 - 1),
                Duration.between(
                        sevenDays.previous().start(), sevenDays.previous().end()));
    }

    @Test
    void previousWindowSkipsADayThatTheZoneOmits() {
        Window newYear = Window.ofDays(LocalDate.of(2011, 12, 31), LocalDate.of(2012, 1, 1), APIA, 7);
        assertEquals(
                List.of(LocalDate.of(2011, 12, 28), LocalDate.of(2011, 12, 29)),
                newYear.previous().dates(Granularity.DAY, 7).buckets());
    }

    @ParameterizedTest
    @CsvSource({
        "2024-02-29, 2024-03-01, Europe/Berlin, 2023-02-28, 2023-03-01",
        "2025-02-28, 2025-03-01, Europe/Berlin, 2024-02-28, 2024-02-29",
        "2012-12-30, 2012-12-31, Pacific/Apia, 2011-12-31, 2012-01-01",
    })
    void windowOfTheYearBeforeHasTheSameNumberOfDays(
            LocalDate from, LocalDate to, ZoneId zone, LocalDate earlierFrom, LocalDate earlierTo) {
        Window earlier = Window.ofDays(from, to, zone, 7).yearBefore();
        assertEquals(earlierFrom, earlier.from());
        assertEquals(earlierTo, earlier.to());
    }

    @Test
    void windowOfTheYearBeforeKeepsTheTimeOfTheLocalClock() {
        Instant noonOfSummer = Instant.parse("2024-03-31T10:00:00Z");
        Window hour = new Window(noonOfSummer, noonOfSummer.plusSeconds(3_600), BERLIN);
        assertEquals(Instant.parse("2023-03-31T10:00:00Z"), hour.yearBefore().start());
        Instant noonOfWinter = Instant.parse("2024-03-30T11:00:00Z");
        Window winter = new Window(noonOfWinter, noonOfWinter.plusSeconds(3_600), BERLIN);
        assertEquals(Instant.parse("2023-03-30T10:00:00Z"), winter.yearBefore().start());
    }

    @Test
    void weeksAndMonthsAreLabelledWithTheirFirstDay() {
        Window window = Window.ofDays(LocalDate.of(2024, 2, 28), LocalDate.of(2024, 3, 4), BERLIN, 7);
        assertEquals(
                List.of(LocalDate.of(2024, 2, 26), LocalDate.of(2024, 3, 4)),
                window.dates(Granularity.WEEK, 7).buckets());
        assertEquals(
                List.of(LocalDate.of(2024, 2, 1), LocalDate.of(2024, 3, 1)),
                window.dates(Granularity.MONTH, 7).buckets());
        assertThrows(IllegalArgumentException.class, () -> window.dates(Granularity.SIX_HOURS, 100));
    }

    @Test
    void lastWindowEndsNow() {
        Window window = Window.last(Duration.ofHours(24), Zones.UTC, NOON);
        assertEquals(Instant.parse("2024-02-29T12:34:56.789Z"), window.start());
        assertEquals(Instant.parse("2024-03-01T12:34:56.789Z"), window.end());
        assertEquals(25, window.count(Granularity.HOUR));
        assertFalse(window.isWholeDays());
    }

    @Test
    void lastBucketsAreComplete() {
        Window hours = Window.lastBuckets(24, Granularity.HOUR, Zones.UTC, NOON);
        assertEquals(Instant.parse("2024-02-29T13:00:00Z"), hours.start());
        assertEquals(Instant.parse("2024-03-01T13:00:00Z"), hours.end());
        assertEquals(24, hours.count(Granularity.HOUR));

        Window days = Window.lastBuckets(2, Granularity.DAY, Zones.UTC, NOON);
        assertEquals(LocalDate.of(2024, 2, 29), days.from());
        assertEquals(LocalDate.of(2024, 3, 1), days.to());
    }

    @Test
    void refusesWindowsOutOfBounds() {
        Instant noon = NOON;
        assertThrows(IllegalArgumentException.class, () -> new Window(noon, noon, Zones.UTC));
        assertThrows(IllegalArgumentException.class, () -> new Window(noon, noon.minusNanos(1), Zones.UTC));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Window(Window.EARLIEST.minusNanos(1), Window.LATEST, Zones.UTC));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Window(Window.EARLIEST, Window.LATEST.plusNanos(1), Zones.UTC));

        LocalDate day = LocalDate.of(2024, 1, 1);
        assertThrows(IllegalArgumentException.class, () -> Window.ofDays(day, day.minusDays(1), BERLIN, 7));
        var noDay = assertThrows(
                IllegalArgumentException.class,
                () -> Window.ofDays(LocalDate.of(2011, 12, 30), LocalDate.of(2011, 12, 30), APIA, 7));
        assertEquals("There were no days from 2011-12-30 to 2011-12-30 in Pacific/Apia", noDay.getMessage());
        assertEquals(7, Window.ofDays(day, day.plusDays(6), BERLIN, 7).days());
        WindowTooLong tooLong = assertThrows(WindowTooLong.class, () -> Window.ofDays(day, day.plusDays(7), BERLIN, 7));
        assertEquals("The window spans 8 days; the longest allowed is 7 days", tooLong.getMessage());
        assertEquals(Duration.ofDays(8), tooLong.asked());
        assertEquals(Duration.ofDays(7), tooLong.longest());

        Duration hour = Duration.ofHours(1);
        assertEquals(noon, Window.between(noon, noon.plus(hour), BERLIN, hour).start());
        WindowTooLong longer = assertThrows(
                WindowTooLong.class, () -> Window.between(noon, noon.plus(hour).plusMillis(1), BERLIN, hour));
        assertEquals("The window spans PT1H0.001S; the longest allowed is PT1H", longer.getMessage());
    }

    @Test
    void tooManyBucketsNamesAGranularityThatFits() {
        Window fortnights = Window.ofDays(LocalDate.of(2024, 1, 1), LocalDate.of(2024, 1, 28), Zones.UTC, 400);
        TooManyBuckets tooMany = assertThrows(TooManyBuckets.class, () -> fortnights.spine(Granularity.MINUTE, 10_000));
        assertEquals(28 * 24 * 60, tooMany.count());
        assertEquals(10_000, tooMany.cap());
        assertEquals(Granularity.MINUTE, tooMany.granularity());
        assertEquals(
                "The window has 40320 buckets of granularity minute; at most 10000 are allowed", tooMany.getMessage());
        assertEquals(
                Optional.of(Granularity.HOUR),
                tooMany.finestOf(List.of(Granularity.WEEK, Granularity.HOUR, Granularity.DAY, Granularity.MINUTE)));
        assertEquals(Optional.empty(), tooMany.finestOf(List.of(Granularity.MINUTE)));
        TooManyBuckets byOne =
                assertThrows(TooManyBuckets.class, () -> fortnights.spine(Granularity.HOUR, 28 * 24 - 1));
        assertEquals(Optional.empty(), byOne.finestOf(List.of(Granularity.HOUR)));
        TooManyBuckets days = assertThrows(TooManyBuckets.class, () -> fortnights.spine(Granularity.HOUR, 28));
        assertEquals(Optional.of(Granularity.DAY), days.finestOf(List.of(Granularity.HOUR, Granularity.DAY)));
    }

    /** Four centuries of minutes: nobody could lay them out, so an answer proves that nobody does. */
    @Test
    void countsMillionsOfBucketsWithoutListingThem() {
        Window ages = new Window(Window.EARLIEST, Window.LATEST, BERLIN);
        assertEquals(ChronoUnit.MINUTES.between(ages.start(), ages.end()), ages.count(Granularity.MINUTE));
        assertThrows(TooManyBuckets.class, () -> ages.spine(Granularity.MINUTE, Integer.MAX_VALUE / 100));
    }
}
