package dev.quarry.apps.analytics;

import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.Window;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The hours that an overview looks back, and the buckets that it shows them in. */
record OverviewWindow(int hours, Window window) {
    private static final int HOURS_OF_DAY = 24;

    /** A bit for each hour of a day. */
    static final int ALL_HOURS = (1 << HOURS_OF_DAY) - 1;

    /** More than any number of hours from 1 to 720 makes. */
    private static final int MOST_BUCKETS = 100;

    /** What zones have in common: all are some quarters of an hour off. */
    static final Duration QUARTER = Duration.ofMinutes(15);

    /** The {@code hours} before now. */
    static OverviewWindow last(int hours, ZoneId zone, Clock clock) {
        return new OverviewWindow(hours, Window.last(Duration.ofHours(hours), zone, clock));
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

    /** Every bucket that the window touches; the first and the last may reach beyond it, but count only what is inside. */
    Spine<Instant> spine() {
        return window.spine(granularity(), MOST_BUCKETS);
    }

    /** A span of which each, counted from 1970 on, lies in one bucket. The longer, the fewer slices there are to read. */
    Duration measure() {
        List<Instant> starts = spine().buckets();
        return Stream.of(Duration.ofDays(1), Duration.ofHours(6), Duration.ofHours(1))
                .filter(measure -> starts.stream().allMatch(start -> start.getEpochSecond() % measure.toSeconds() == 0))
                .findFirst()
                .orElse(QUARTER);
    }

    /** Whether so much of it is to be read from bronze that gold would be one more thing to read, and no help. */
    boolean isMostly(List<Instant> bronzeHours) {
        return 2 * bronzeHours.size() > hours;
    }

    /** The hours that it holds a part of, or all. */
    List<Instant> touchedHours() {
        Instant last = window.end().truncatedTo(ChronoUnit.HOURS);
        return Stream.iterate(
                        window.start().truncatedTo(ChronoUnit.HOURS),
                        hour -> !hour.isAfter(last),
                        hour -> hour.plus(1, ChronoUnit.HOURS))
                .toList();
    }

    /** The hours that gold cannot stand in for, however refined: all of a short window, else those that it cuts. */
    List<Instant> bronzeHours() {
        List<Instant> hours = touchedHours();
        return granularity() == Granularity.FIVE_MINUTES ? hours : List.of(hours.getFirst(), hours.getLast());
    }

    /** Those, and what of some others it touches. */
    List<Instant> bronzeHoursWith(Collection<Instant> others) {
        Set<Instant> hours = new LinkedHashSet<>(bronzeHours());
        touchedHours().stream().filter(Set.copyOf(others)::contains).forEach(hours::add);
        return List.copyOf(hours);
    }

    /**
     * What is read from gold.
     *
     * @param days UTC, of which every hour is
     * @param hours all others
     */
    record Refined(List<Instant> days, List<Instant> hours) {

        /** Which hours of which days, in UTC: a bit for each hour, the least for the first. */
        SortedMap<Instant, Integer> hoursByDay() {
            SortedMap<Instant, Integer> byDay = new TreeMap<>();
            days.forEach(day -> byDay.put(day, ALL_HOURS));
            for (Instant hour : hours) {
                Instant day = hour.truncatedTo(ChronoUnit.DAYS);
                byDay.merge(day, 1 << ChronoUnit.HOURS.between(day, hour), (some, one) -> some | one);
            }
            return byDay;
        }
    }

    /** All of it but for the hours that are read from bronze, in as few buckets as can be. */
    Refined refined(List<Instant> bronzeHours) {
        Map<Instant, List<Instant>> byDay = touchedHours().stream()
                .filter(Predicate.not(Set.copyOf(bronzeHours)::contains))
                .collect(Collectors.groupingBy(hour -> hour.truncatedTo(ChronoUnit.DAYS)));
        List<Instant> days = byDay.entrySet().stream()
                .filter(day -> day.getValue().size() == HOURS_OF_DAY)
                .map(Map.Entry::getKey)
                .toList();
        byDay.keySet().removeAll(days);
        return new Refined(days, byDay.values().stream().flatMap(List::stream).toList());
    }
}
