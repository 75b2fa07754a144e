package dev.quarry.apps.analytics;

import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The hours that an overview covers, and the buckets of its series. */
record OverviewWindow(int hours, Window window) {
    private static final int HOURS_OF_DAY = 24;

    /** A bit for each hour of a day. */
    static final int ALL_HOURS = (1 << HOURS_OF_DAY) - 1;

    /** More than the buckets of any window of 1 to 720 hours. */
    private static final int MOST_BUCKETS = 100;

    /** Every zone's offset from UTC is a whole number of quarters of an hour. */
    static final Duration QUARTER = Duration.ofMinutes(15);

    static OverviewWindow last(int hours, ZoneId zone, Instant now) {
        return new OverviewWindow(hours, Window.last(Duration.ofHours(hours), zone, now));
    }

    /** The part of the window within these days. */
    OverviewWindow within(WholeDays days) {
        Instant last = window.end().minusMillis(1);
        if (days.contain(window.start()) || !days.contain(last)) {
            return this;
        }
        return new OverviewWindow(hours, new Window(days.start(), window.end(), window.zone()));
    }

    Granularity granularity() {
        if (hours <= 6) {
            return Granularity.FIVE_MINUTES;
        }
        if (hours <= 48) {
            return Granularity.HOUR;
        }
        return hours <= 168 ? Granularity.SIX_HOURS : Granularity.DAY;
    }

    /**
     * Every bucket that the window touches. The first and the last may reach beyond the window, but count only events
     * inside it.
     */
    Spine<Instant> spine() {
        return window.spine(granularity(), MOST_BUCKETS);
    }

    /**
     * The length of a slice. Each span of this length, counted from 1970 on, lies in one bucket. Longer slices mean
     * fewer rows.
     */
    Duration measure() {
        List<Instant> starts = spine().buckets();
        return Stream.of(Duration.ofDays(1), Duration.ofHours(6), Duration.ofHours(1))
                .filter(measure -> starts.stream().allMatch(start -> start.getEpochSecond() % measure.toSeconds() == 0))
                .findFirst()
                .orElse(QUARTER);
    }

    /** Whether so many hours are read from bronze that reading the others from gold would not help. */
    boolean isMostly(List<Instant> bronzeHours) {
        return 2 * bronzeHours.size() > hours;
    }

    /** The hours that lie in the window, wholly or in part. */
    List<Instant> touchedHours() {
        Instant last = window.end().truncatedTo(ChronoUnit.HOURS);
        return Stream.iterate(
                        window.start().truncatedTo(ChronoUnit.HOURS),
                        hour -> !hour.isAfter(last),
                        hour -> hour.plus(1, ChronoUnit.HOURS))
                .toList();
    }

    /**
     * The hours that are always read from bronze: all hours of a short window, otherwise the first and the last hour.
     */
    List<Instant> bronzeHours() {
        List<Instant> hours = touchedHours();
        return granularity() == Granularity.FIVE_MINUTES ? hours : List.of(hours.getFirst(), hours.getLast());
    }

    /** The hours of {@link #bronzeHours}, and those of {@code others} that the window touches. */
    List<Instant> bronzeHoursWith(Collection<Instant> others) {
        Set<Instant> hours = new LinkedHashSet<>(bronzeHours());
        touchedHours().stream().filter(Set.copyOf(others)::contains).forEach(hours::add);
        return List.copyOf(hours);
    }

    /**
     * The hours that are read from gold, in as few buckets as possible: a day if all its hours are read, otherwise
     * hours.
     *
     * @param hoursByDay in UTC; no day is without hours
     */
    record Refined(SortedMap<Instant, List<Instant>> hoursByDay) {

        List<Instant> touchedDays() {
            return List.copyOf(hoursByDay.keySet());
        }

        List<Instant> wholeDays() {
            return hoursByDay.keySet().stream().filter(this::isWhole).toList();
        }

        /** The hours of days that are not read as a whole. */
        List<Instant> hours() {
            return hoursByDay.keySet().stream()
                    .filter(Predicate.not(this::isWhole))
                    .flatMap(day -> hoursByDay.get(day).stream())
                    .toList();
        }

        private boolean isWhole(Instant day) {
            return hoursOf(day) == ALL_HOURS;
        }

        /** The hours of a touched day that are read: one bit per hour, the lowest bit for the first hour. */
        int hoursOf(Instant day) {
            return hoursByDay.get(day).stream()
                    .mapToInt(hour -> 1 << ChronoUnit.HOURS.between(day, hour))
                    .sum();
        }
    }

    /** All hours of the window except those that are read from bronze. */
    Refined refined(List<Instant> bronzeHours) {
        return new Refined(touchedHours().stream()
                .filter(Predicate.not(Set.copyOf(bronzeHours)::contains))
                .collect(Collectors.groupingBy(
                        hour -> hour.truncatedTo(ChronoUnit.DAYS), TreeMap::new, Collectors.toList())));
    }
}
