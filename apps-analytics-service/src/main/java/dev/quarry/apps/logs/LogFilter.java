package dev.quarry.apps.logs;

import static java.util.Objects.requireNonNull;

import java.util.Set;

/**
 * Selects entries of one of an app's logs.
 *
 * @param level empty for every level. Requests have no level, so it is ignored for them, as documented
 * @param text part of the message or the path, in upper or lower case; empty for no search
 */
record LogFilter(String app, LogType type, String level, String text) {
    private static final Set<String> PROBLEMS = Set.of("warn", "error");

    LogFilter {
        requireNonNull(app, "app is null");
        requireNonNull(type, "type is null");
        requireNonNull(level, "level is null");
        requireNonNull(text, "text is null");
    }

    /** Whether {@code canvas_app_problems} has all matching entries. It finds a rare level as fast as a common one. */
    boolean isForProblems() {
        return type == LogType.RUNTIME && PROBLEMS.contains(level);
    }

    /**
     * Whether the filter may accept one delivery of an entry and reject another. A matching row is then not enough: the
     * entry's newest delivery decides whether it belongs to the answer.
     */
    boolean looksAtContent() {
        return !text.isEmpty() || (type == LogType.RUNTIME && !level.isEmpty());
    }
}
