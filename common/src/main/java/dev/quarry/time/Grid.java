package dev.quarry.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The buckets of a window in a few numbers, for a query that uses no time zones. A bucket begins at each origin, and
 * after it every {@code step} until the next origin. Ten thousand minutes need only a handful of origins.
 *
 * <p>In SQL, with the origins in seconds since 1970 and the step in seconds, a bucket begins at
 * {@code roundDown(toUnixTimestamp(time), origins) AS origin} plus
 * {@code intDiv(toUnixTimestamp(time) - origin, step) * step}.
 *
 * @param origins ascending; the first one is the start of the window's first bucket
 * @param step whole seconds, at least one
 */
public record Grid(List<Instant> origins, Duration step) {
    public Grid {
        origins = List.copyOf(origins);
    }

    /**
     * Buckets of elapsed time. Each begins one step after the previous one, except after a day that ends in a shorter
     * bucket.
     */
    static Grid even(List<Instant> buckets, Duration step) {
        List<Instant> origins = new ArrayList<>();
        Instant expected = Instant.MIN;
        for (Instant bucket : buckets) {
            if (!bucket.equals(expected)) {
                origins.add(bucket);
            }
            expected = bucket.plus(step);
        }
        return new Grid(origins, step);
    }

    /** Buckets of any length. Each is an origin, and the step is longer than all of them together. */
    static Grid uneven(List<Instant> buckets, Instant end) {
        Duration all = Duration.between(buckets.getFirst(), end);
        return new Grid(buckets, Duration.ofSeconds(all.toSeconds() + 1));
    }
}
