package dev.quarry.apps.analytics;

import java.util.Locale;

/** The tables of an overview. */
enum OverviewTable {
    ERRORS_OVER_TIME,
    VITALS,
    RECENT_ERRORS;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
