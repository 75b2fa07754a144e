package dev.quarry.apps.logs;

import static java.util.Objects.requireNonNull;

import dev.quarry.time.WholeDays;
import java.time.Instant;

/**
 * Where the next, older page of a log goes on. It pins the first page's window, so that the last page is not cut short by
 * the time that reading took.
 *
 * @param before the position that the next page's entries all lie before
 * @param start the first instant of the first page's window
 */
record LogCursor(LogPosition before, Instant start) {
    /** On the wire: the position, and milliseconds. */
    static final String PATTERN = LogPosition.PATTERN.replace("$", "\\.[0-9]{1,13}$");

    LogCursor {
        requireNonNull(before, "before is null");
        requireNonNull(start, "start is null");
    }

    /** The same cursor, limited to these days. */
    LogCursor within(WholeDays days) {
        return days.contain(start) ? this : new LogCursor(before, days.start());
    }

    /** Reads what {@link #toString} wrote; {@code text} matches {@link #PATTERN}. */
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
