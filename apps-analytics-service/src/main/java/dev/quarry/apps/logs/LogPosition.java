package dev.quarry.apps.logs;

import static java.util.Objects.requireNonNull;

import dev.quarry.clickhouse.Row;
import java.time.Instant;

/**
 * The position of an entry in its log. Entries may share a timestamp, but never a position. A redelivery repeats
 * timestamp and event id, so an entry that was delivered twice has one position.
 *
 * @param eventId a UUID. Only the engine knows how UUIDs are ordered: compare positions in SQL, not here
 */
record LogPosition(Instant timestamp, String eventId) {
    /**
     * Pattern of the text form: milliseconds, a dot, and the event id. The number of digits keeps times in the engine's
     * range.
     */
    static final String PATTERN = "^" + LogPosition.FORM + "$";

    /** The pattern without its anchors. */
    static final String FORM = "[0-9]{1,13}\\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

    private static final String BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

    LogPosition {
        requireNonNull(timestamp, "timestamp is null");
        requireNonNull(eventId, "eventId is null");
    }

    /** Reads the columns {@code timestamp, event_id}. */
    static LogPosition of(Row row) {
        return new LogPosition(row.nextInstant(), row.nextString());
    }

    /** The position before every entry of that moment and after every earlier entry. */
    static LogPosition startOf(Instant moment) {
        return new LogPosition(moment, BEFORE_ALL);
    }

    /** Whether the position lies before all entries of its moment. */
    boolean isStart() {
        return eventId.equals(BEFORE_ALL);
    }

    /** Parses the output of {@link #toString}; {@code text} matches {@link #PATTERN}. */
    static LogPosition parse(String text) {
        int dot = text.indexOf('.');
        return new LogPosition(Instant.ofEpochMilli(Long.parseLong(text.substring(0, dot))), text.substring(dot + 1));
    }

    @Override
    public String toString() {
        return timestamp.toEpochMilli() + "." + eventId;
    }
}
