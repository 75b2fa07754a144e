package dev.quarry.metrics;

import java.util.Locale;

/** Properties of events and users; each is a column of the events. Lists of values have this order. */
public enum Dimension {
    LOCALE,
    COUNTRY,
    CLIENT,
    DEVICE,
    PLATFORM,
    VERSION;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
