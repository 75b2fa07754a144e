package dev.quarry.apps.logs;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Set;

/**
 * Selects entries of one of an app's logs.
 *
 * @param level empty for every level; a level may have any name that producers may send, in upper or lower case.
 *     Requests have no level, so it is ignored for them, as documented
 * @param text part of the message or the path, in upper or lower case; empty for no search
 */
record LogFilter(String app, LogType type, String level, String text) {
    // The parameters of both endpoints that filter.
    static final String TYPE = "log_type";
    static final String TYPE_TITLE = "Log Type";
    static final String TYPE_DESCRIPTION = "Log type: runtime or requests";
    static final String LEVEL = "level";
    static final String LEVEL_TITLE = "Level";
    static final String LEVEL_DESCRIPTION = "Filter by log level (runtime only)";
    static final String TEXT = "q";
    static final String TEXT_DESCRIPTION =
            "Extension: only entries whose message (runtime) or path (requests) contains this, in upper or lower case";
    /** In Unicode code points. */
    static final int LONGEST_TEXT = 200;

    private static final Set<String> PROBLEMS = Set.of("warn", "error");

    LogFilter {
        requireNonNull(app, "app is null");
        requireNonNull(type, "type is null");
        requireNonNull(level, "level is null");
        requireNonNull(text, "text is null");
        level = severity(level.toLowerCase(Locale.ROOT));
    }

    /**
     * The level of the API that a name stands for, by the rule of the column {@code canvas_app_logs.severity}; the name
     * itself if it stands for none. The parameter is translated, not the column, so that the table keeps its order and
     * its index.
     */
    private static String severity(String name) {
        return switch (name) {
            case "err", "fatal", "critical", "crit", "severe", "alert", "emergency", "emerg", "panic" -> "error";
            case "warning" -> "warn";
            case "information", "informational", "notice" -> "info";
            case "debug", "trace", "verbose", "fine" -> "log";
            default -> name;
        };
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
