package dev.quarry.apps.logs;

import static java.util.Objects.requireNonNull;

import dev.quarry.clickhouse.Row;
import java.time.Instant;

/**
 * Where an entry stands in its log. Entries may share a timestamp, never a position; an entry that was delivered twice
 * has one position, since a redelivery repeats timestamp and event id.
 *
 * @param eventId a UUID. Only the engine knows how UUIDs are ordered: compare positions in SQL, not here
 */
record LogPosition(Instant timestamp, String eventId) {
    /** On the wire: milliseconds and event id. The width keeps times inside what the engine stores. */
    static final String PATTERN = "^[0-9]{1,13}\\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

    private static final String BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

    LogPosition {
        requireNonNull(timestamp, "timestamp is null");
        requireNonNull(eventId, "eventId is null");
    }

    /** Reads the columns {@code timestamp, event_id}. */
    static LogPosition of(Row row) {
        return new LogPosition(row.nextInstant(), row.nextString());
    }

    /** Before every entry of that moment and after every earlier one. */
    static LogPosition startOf(Instant moment) {
        return new LogPosition(moment, BEFORE_ALL);
    }

    /** Whether no entry of its moment lies before it. */
    boolean isStart() {
        return eventId.equals(BEFORE_ALL);
    }

    /** Reads what {@link #toString} wrote; {@code text} matches {@link #PATTERN}. */
    static LogPosition parse(String text) {
        int dot = text.indexOf('.');
        return new LogPosition(Instant.ofEpochMilli(Long.parseLong(text.substring(0, dot))), text.substring(dot + 1));
    }

    @Override
    public String toString() {
        return timestamp.toEpochMilli() + "." + eventId;
    }
}
