package dev.quarry.apps.logs;

import static java.util.Objects.requireNonNull;

import dev.quarry.time.WholeDays;
import java.time.Instant;

/**
 * The position at which the next, older page of a log begins. It keeps the first page's window, so that the last page
 * is not cut short by the time that the client took to read.
 *
 * @param before the next page has entries before this position
 * @param start the first instant of the first page's window
 */
record LogCursor(LogPosition before, Instant start) {
    /** Pattern of the text form: the position, a dot, and milliseconds. */
    static final String PATTERN = "^" + LogPosition.FORM + "\\.[0-9]{1,13}$";

    LogCursor {
        requireNonNull(before, "before is null");
        requireNonNull(start, "start is null");
    }

    /** The same cursor, limited to these days. */
    LogCursor within(WholeDays days) {
        return days.contain(start) ? this : new LogCursor(before, days.start());
    }

    /** Parses the output of {@link #toString}; {@code text} matches {@link #PATTERN}. */
    static LogCursor parse(String text) {
        int dot = text.lastIndexOf('.');
        return new LogCursor(
                LogPosition.parse(text.substring(0, dot)),
                Instant.ofEpochMilli(Long.parseLong(text.substring(dot + 1))));
    }

    @Override
    public String toString() {
        return before + "." + start.toEpochMilli();
    }
}
