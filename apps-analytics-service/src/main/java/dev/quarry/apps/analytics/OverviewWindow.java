package dev.quarry.apps.analytics;

import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Window;
import java.time.Clock;
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
     * What is read from gold, in as few buckets as can be: days where every hour is, else hours.
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

        /** Those that are not of whole days. */
        List<Instant> hours() {
            return hoursByDay.keySet().stream()
                    .filter(Predicate.not(this::isWhole))
                    .flatMap(day -> hoursByDay.get(day).stream())
                    .toList();
        }

        private boolean isWhole(Instant day) {
            return hoursOf(day) == ALL_HOURS;
        }

        /** Which hours of a touched day: a bit for each, the least for the first. */
        int hoursOf(Instant day) {
            return hoursByDay.get(day).stream()
                    .mapToInt(hour -> 1 << ChronoUnit.HOURS.between(day, hour))
                    .sum();
        }
    }

    /** All of it but for the hours that are read from bronze. */
    Refined refined(List<Instant> bronzeHours) {
        return new Refined(touchedHours().stream()
                .filter(Predicate.not(Set.copyOf(bronzeHours)::contains))
                .collect(Collectors.groupingBy(
                        hour -> hour.truncatedTo(ChronoUnit.DAYS), TreeMap::new, Collectors.toList())));
    }
}
