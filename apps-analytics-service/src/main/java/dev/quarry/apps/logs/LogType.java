package dev.quarry.apps.logs;

import java.util.Locale;

enum LogType {
    /** Entries that the app itself wrote. */
    RUNTIME,
    /** HTTP requests that the app served. */
    REQUESTS;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
