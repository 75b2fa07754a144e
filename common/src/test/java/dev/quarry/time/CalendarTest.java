package dev.quarry.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.testing.ClockChange;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Compares the buckets around every change of every zone's clocks with the JDK's {@code atStartOfDay}. */
class CalendarTest {
    private static final int CAP = 10_000;

    @Test
    void bucketsAroundClockChangesAgreeWithTheJdk() {
        List<ClockChange> changes = ClockChange.all();
        assertTrue(changes.size() > 15_000, changes.size() + " changes");
        changes.forEach(change ->
                check(change, 2, List.of(Granularity.HOUR, Granularity.SIX_HOURS, Granularity.DAY, Granularity.WEEK)));
        ClockChange.sample().forEach(change -> check(change, 1, List.of(Granularity.values())));
    }

    private static void check(ClockChange change, int days, List<Granularity> granularities) {
        LocalDate from = change.day().minusDays(days);
        LocalDate to = change.day().plusDays(days);
        Window window = Window.ofDays(from, to, change.zone(), CAP);
        for (Granularity granularity : granularities) {
            String which = granularity + " around " + change;
            List<Instant> buckets = window.spine(granularity, CAP).buckets();
            assertEquals(expected(granularity, from, to, change.zone()), buckets, which);
            assertEquals(buckets.size(), window.count(granularity), which);
            assertFalse(buckets.getFirst().isAfter(window.start()), which);
            assertFalse(granularity.next(buckets.getLast(), change.zone()).isBefore(window.end()), which);
            assertEquals(buckets, cut(window.grid(granularity, CAP), window), which);
        }
        assertEquals(
                from.datesUntil(to.plusDays(1))
                        .filter(day -> ClockChange.exists(day, change.zone()))
                        .toList(),
                window.dates(Granularity.DAY, CAP).buckets(),
                () -> "days around " + change);
    }

    /** Checks that the starts are strictly ascending. */
    private static List<Instant> expected(Granularity granularity, LocalDate from, LocalDate to, ZoneId zone) {
        TreeSet<Instant> starts = new TreeSet<>();
        LocalDate end = to.plusDays(1);
        switch (granularity) {
            case MINUTE -> steps(from, to, zone, Duration.ofMinutes(1), starts);
            case FIVE_MINUTES -> steps(from, to, zone, Duration.ofMinutes(5), starts);
            case HOUR -> steps(from, to, zone, Duration.ofHours(1), starts);
            case SIX_HOURS -> {
                for (LocalDateTime label = from.atStartOfDay();
                        label.isBefore(end.atStartOfDay());
                        label = label.plusHours(6)) {
                    starts.add(firstShowing(label, zone));
                }
                starts.removeIf(start -> !start.isBefore(ClockChange.startOf(end, zone)));
            }
            case DAY -> from.datesUntil(end).forEach(day -> starts.add(ClockChange.startOf(day, zone)));
            case WEEK ->
                from.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                        .datesUntil(end)
                        .filter(day -> day.getDayOfWeek() == DayOfWeek.MONDAY)
                        .forEach(day -> starts.add(ClockChange.startOf(day, zone)));
            case MONTH ->
                from.withDayOfMonth(1)
                        .datesUntil(end)
                        .filter(day -> day.getDayOfMonth() == 1)
                        .forEach(day -> starts.add(ClockChange.startOf(day, zone)));
        }
        starts.removeIf(start -> !start.isBefore(ClockChange.startOf(end, zone)));
        Instant first = starts.floor(ClockChange.startOf(from, zone));
        return List.copyOf(starts.tailSet(first));
    }

    private static void steps(LocalDate from, LocalDate to, ZoneId zone, Duration step, Set<Instant> starts) {
        from.datesUntil(to.plusDays(1)).forEach(day -> {
            Instant end = ClockChange.startOf(day.plusDays(1), zone);
            for (Instant start = ClockChange.startOf(day, zone); start.isBefore(end); start = start.plus(step)) {
                starts.add(start);
            }
        });
    }

    private static Instant firstShowing(LocalDateTime label, ZoneId zone) {
        ZoneOffsetTransition change = zone.getRules().getTransition(label);
        return change != null && change.isGap()
                ? change.getInstant()
                : label.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
    }

    /** Computes a bucket from a grid as a query does. */
    private static List<Instant> cut(Grid grid, Window window) {
        List<Instant> starts = new ArrayList<>();
        for (int origin = 0; origin < grid.origins().size(); origin++) {
            Instant end = origin + 1 < grid.origins().size() ? grid.origins().get(origin + 1) : window.end();
            for (Instant start = grid.origins().get(origin); start.isBefore(end); start = start.plus(grid.step())) {
                starts.add(start);
            }
        }
        return starts;
    }

    @Test
    void gridHasFewRowsForManyBuckets() {
        Window week =
                Window.ofDays(LocalDate.of(2024, 10, 22), LocalDate.of(2024, 10, 27), ZoneId.of("Europe/Berlin"), 7);
        assertEquals(new Grid(List.of(week.start()), Duration.ofMinutes(1)), week.grid(Granularity.MINUTE, CAP));
        Window lordHowe = Window.ofDays(
                LocalDate.of(2024, 1, 1), LocalDate.of(2024, 12, 31), ZoneId.of("Australia/Lord_Howe"), 366);
        assertEquals(3, lordHowe.grid(Granularity.HOUR, CAP).origins().size());
    }
}
