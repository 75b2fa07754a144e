package dev.quarry.metrics.usersby;

import java.util.Locale;

/** Properties to group users by; each is a column of the events. */
enum Dimension {
    LOCALE,
    COUNTRY,
    CLIENT,
    DEVICE,
    PLATFORM,
    VERSION;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
