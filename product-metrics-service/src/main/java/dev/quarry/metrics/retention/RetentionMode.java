package dev.quarry.metrics.retention;

import java.util.Locale;

/** When a user must be active to count as retained. */
enum RetentionMode {
    /** Exactly the given number of days after the first use. */
    EXACTLY,
    /** On that day or any later day. */
    ON_OR_AFTER;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
