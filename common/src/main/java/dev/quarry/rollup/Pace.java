package dev.quarry.rollup;

import java.time.Duration;

/**
 * How often passes follow each other. A pass costs the engine the same whether few or many events of a bucket are new.
 * Without a longer pause after a longer pass, a busy engine would spend ever more of its time on rebuilds.
 *
 * @param interval the shortest pause
 * @param share the share of the time that passes may take: above 0, at most 1
 */
record Pace(Duration interval, double share) {
    /** A long backlog must not delay the events that arrive meanwhile for as long as it took. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    Pace {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "quarry.rollup.share is %s; it must be above 0 and at most 1".formatted(share));
        }
    }

    /**
     * {@return the pause after a pass of this duration} It is as long as the share demands, but not longer than a minute
     * or the interval, whichever is longer.
     */
    Duration pauseAfter(Duration pass) {
        double demanded = pass.toNanos() * (1 / share - 1);
        double longest = Math.max(interval.toNanos(), LONGEST_PAUSE.toNanos());
        return Duration.ofNanos((long) Math.clamp(demanded, (double) interval.toNanos(), longest));
    }
}
