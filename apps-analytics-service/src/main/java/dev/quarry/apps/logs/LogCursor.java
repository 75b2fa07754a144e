package dev.quarry.apps.logs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * Where the next, older page of a log goes on. It pins the first page's window, so that the last page is not cut short by
 * the time that reading took.
 *
 * @param before the position that the next page's entries all lie before
 * @param start the first instant of the first page's window
 */
record LogCursor(LogPosition before, Instant start) {
    /** On the wire: milliseconds, event id, milliseconds. The width keeps times inside what the engine stores. */
    static final String PATTERN =
            "^[0-9]{1,13}\\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\.[0-9]{1,13}$";

    LogCursor {
        requireNonNull(before, "before is null");
        requireNonNull(start, "start is null");
    }

    /** Reads what {@link #toString} wrote; {@code text} matches {@link #PATTERN}. */
    static LogCursor parse(String text) {
        String[] parts = text.split("\\.", -1);
        return new LogCursor(new LogPosition(milliseconds(parts[0]), parts[1]), milliseconds(parts[2]));
    }

    private static Instant milliseconds(String text) {
        return Instant.ofEpochMilli(Long.parseLong(text));
    }

    @Override
    public String toString() {
        return "%d.%s.%d".formatted(before.timestamp().toEpochMilli(), before.eventId(), start.toEpochMilli());
    }
}
