package dev.quarry.apps.logs;

import static java.util.Objects.requireNonNull;

/**
 * Which entries are wanted, and of which log.
 *
 * @param level empty for every level. Requests have none, so that it is ignored there, as documented
 * @param text what the message or the path contains, in upper or lower case; empty for no search
 */
record LogFilter(String app, LogType type, String level, String text) {
    LogFilter {
        requireNonNull(app, "app is null");
        requireNonNull(type, "type is null");
        requireNonNull(level, "level is null");
        requireNonNull(text, "text is null");
    }
}
