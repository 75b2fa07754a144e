package dev.quarry.apps.logs;

import static java.util.Objects.requireNonNull;

import dev.quarry.time.WholeDays;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

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

    /** A client has so long to read all pages of the longest window. Later it misses the oldest entries. */
    private static final Duration LONGEST_READING = Duration.ofDays(1);

    LogCursor {
        requireNonNull(before, "before is null");
        requireNonNull(start, "start is null");
    }

    /** The same cursor, limited to these days. */
    LogCursor within(WholeDays days) {
        return notBefore(days.start());
    }

    /**
     * The same cursor, but with a start that a first page may have had. That page's window ended at {@code before} or
     * later, and at most {@link #LONGEST_READING} ago. Clients can make up cursors, which must not reach further back.
     *
     * @param longest the longest window of a first page
     */
    LogCursor within(Duration longest, Instant now) {
        Instant begun = now.truncatedTo(ChronoUnit.MILLIS).minus(LONGEST_READING);
        return notBefore(before.timestamp().minus(longest)).notBefore(begun.minus(longest));
    }

    private LogCursor notBefore(Instant earliest) {
        return start.isBefore(earliest) ? new LogCursor(before, earliest) : this;
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
