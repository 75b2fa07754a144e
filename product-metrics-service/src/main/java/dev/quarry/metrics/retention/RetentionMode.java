package dev.quarry.metrics.retention;

import java.util.Locale;

/** When a user must have been active to count as retained. */
enum RetentionMode {
    /** On the day that is the given number of days later, and no other. */
    EXACTLY,
    /** On that day or any after it. */
    ON_OR_AFTER;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
