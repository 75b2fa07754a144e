package dev.quarry.apps.analytics;

import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * The time that an overview covers, and the buckets of its series.
 *
 * @param hours length of the requested window in hours, rounded up, 1 to 720; {@code window} may be a part of it
 */
record OverviewWindow(int hours, Window window) {
    private static final long MILLIS_OF_HOUR = 3_600_000;
    private static final double MILLIS_OF_MINUTE = 60_000;

    /** More than the buckets of any window of 1 to 720 hours. */
    private static final int MOST_BUCKETS = 100;

    static OverviewWindow last(int hours, ZoneId zone, Instant now) {
        return new OverviewWindow(hours, Window.last(Duration.ofHours(hours), zone, now));
    }

    static OverviewWindow of(Window window) {
        long millis = Duration.between(window.start(), window.end()).toMillis();
        return new OverviewWindow((int) Math.ceilDiv(millis, MILLIS_OF_HOUR), window);
    }

    /** The same buckets in another window. */
    OverviewWindow in(Window other) {
        return new OverviewWindow(hours, other);
    }

    /** The part of the window within these days; empty if there is none. */
    Optional<OverviewWindow> within(WholeDays days) {
        return window.within(days).map(this::in);
    }

    double minutes() {
        return Duration.between(window.start(), window.end()).toMillis() / MILLIS_OF_MINUTE;
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

    /** The errors of every bucket, in order; each count lies in one bucket. */
    SequencedMap<Instant, Long> errorsByBucket(List<Count> counts) {
        NavigableMap<Instant, Long> buckets = new TreeMap<>();
        spine().buckets().forEach(start -> buckets.put(start, 0L));
        for (Count count : counts) {
            buckets.merge(buckets.floorKey(count.start()), count.errors(), Long::sum);
        }
        return buckets;
    }

    /** Whether each quarter of an hour, counted from 1970 on, lies in one bucket. */
    boolean quartersFit() {
        return spine().buckets().stream()
                .allMatch(start -> start.getEpochSecond() % CountsQuery.QUARTER.toSeconds() == 0);
    }
}
