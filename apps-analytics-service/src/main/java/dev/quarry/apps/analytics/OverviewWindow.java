package dev.quarry.apps.analytics;

import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.Window;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/** The hours that an overview looks back, and the buckets that it shows them in. */
record OverviewWindow(int hours, Window window) {
    /** More than any number of hours from 1 to 720 makes. */
    private static final int MOST_BUCKETS = 100;

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

    /** Whether so much of it is to be read from bronze that gold would be one more thing to read, and no help. */
    boolean isMostly(List<Instant> bronzeHours) {
        return 2 * bronzeHours.size() > hours;
    }

    private boolean isAllFromBronze() {
        return granularity() == Granularity.FIVE_MINUTES;
    }

    /** The hours that gold cannot stand in for: those that the window holds a part of, or all. */
    List<Instant> hoursFromBronze() {
        Instant first = window.start().truncatedTo(ChronoUnit.HOURS);
        Instant last = window.end().truncatedTo(ChronoUnit.HOURS);
        return isAllFromBronze()
                ? Stream.iterate(first, hour -> !hour.isAfter(last), hour -> hour.plus(1, ChronoUnit.HOURS))
                        .toList()
                : List.of(first, last);
    }
}
