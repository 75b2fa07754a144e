package dev.quarry.apps.analytics;

import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;

/** The hours that an overview covers, and the buckets of its series. */
record OverviewWindow(int hours, Window window) {
    /** More than the buckets of any window of 1 to 720 hours. */
    private static final int MOST_BUCKETS = 100;

    static OverviewWindow last(int hours, ZoneId zone, Instant now) {
        return new OverviewWindow(hours, Window.last(Duration.ofHours(hours), zone, now));
    }

    /** The part of the window within these days, or the whole window if there is none. */
    OverviewWindow within(WholeDays days) {
        return window.within(days).map(part -> new OverviewWindow(hours, part)).orElse(this);
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
     * The length of a slice: five minutes, or a multiple of a quarter of an hour. Each span of this length, counted from
     * 1970 on, lies in one bucket. Longer slices mean fewer rows.
     */
    Duration slice() {
        List<Instant> starts = spine().buckets();
        return Stream.of(Duration.ofDays(1), Duration.ofHours(6), Duration.ofHours(1), CountsQuery.QUARTER)
                .filter(slice -> starts.stream().allMatch(start -> start.getEpochSecond() % slice.toSeconds() == 0))
                .findFirst()
                .orElse(CountsQuery.FIVE_MINUTES);
    }
}
