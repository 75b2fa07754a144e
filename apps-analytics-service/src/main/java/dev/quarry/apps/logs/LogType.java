package dev.quarry.apps.logs;

import java.util.Locale;

/** The two logs that an app has. */
enum LogType {
    /** What the app itself wrote. */
    RUNTIME,
    /** The HTTP requests that it served. */
    REQUESTS;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
