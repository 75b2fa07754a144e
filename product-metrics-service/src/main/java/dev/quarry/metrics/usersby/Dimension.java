package dev.quarry.metrics.usersby;

import java.util.Locale;

/** What users can be told apart by; each is a column of the events. */
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
