package dev.quarry.time;

/** Measures durations within this process. A clock may be set; a ticker goes on evenly. */
@FunctionalInterface
public interface Ticker {
    /** Nanoseconds since some moment, as {@link System#nanoTime}. */
    long nanos();
}
