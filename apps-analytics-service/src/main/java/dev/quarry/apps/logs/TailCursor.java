package dev.quarry.apps.logs;

import static java.util.Objects.requireNonNull;

import dev.quarry.apps.logs.LogsQuery.Found;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * What a client of a tail has received, as the id of an event says. An entry <em>counts from</em> the later one of its
 * timestamp and its time of delivery. The client has received the entries that count from before {@code from}, and of
 * those that count from before {@code until}, the ones up to {@code position}. So an entry that is delivered late, or
 * while the client is away, is neither lost nor sent again.
 *
 * @param from not after {@code until}
 */
record TailCursor(LogPosition position, Instant from, Instant until) {
    /** After the position, nothing has been received. Nanoseconds of later times do not fit into the engine's range. */
    private static final Instant ALWAYS = Instant.parse("2200-01-01T00:00:00Z");

    private static final Instant NEVER = Instant.EPOCH;
    private static final Pattern FORM =
            Pattern.compile("(?<position>" + LogPosition.FORM + ")(?:\\.(?<from>[0-9]{1,13})\\.(?<until>[0-9]{1,13}))?");

    TailCursor {
        requireNonNull(position, "position is null");
        requireNonNull(from, "from is null");
        requireNonNull(until, "until is null");
    }

    /** Everything after the position is still to be sent, whenever it was delivered. */
    static TailCursor after(LogPosition position) {
        return new TailCursor(position, NEVER, ALWAYS);
    }

    static boolean isCursor(String text) {
        return FORM.matcher(text).matches();
    }

    /** Parses the output of {@link #toString}, or a position alone; {@code text} is one that {@link #isCursor} accepts. */
    static TailCursor parse(String text) {
        var parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("Not a cursor");
        }
        LogPosition position = LogPosition.parse(parts.group("position"));
        return parts.group("from") == null
                ? after(position)
                : new TailCursor(position, millis(parts.group("from")), millis(parts.group("until")));
    }

    /** The cursor without entries before a moment. */
    TailCursor notBefore(Instant earliest) {
        return position.timestamp().isBefore(earliest) ? after(LogPosition.startOf(earliest)) : this;
    }

    /** Whether late entries before the position are still to be sent. */
    boolean knowsDeliveries() {
        return !until.equals(ALWAYS);
    }

    /**
     * Whether the client has surely received the row. Only the engine knows the order of entries with the same
     * timestamp.
     */
    boolean contains(Found row) {
        LogPosition other = row.position();
        Instant delivered = Instant.EPOCH.plusNanos(row.delivered());
        Instant counts = delivered.isAfter(other.timestamp()) ? delivered : other.timestamp();
        return counts.isBefore(from)
                || (counts.isBefore(until)
                        && (other.timestamp().isBefore(position.timestamp()) || other.equals(position)));
    }

    private static Instant millis(String text) {
        return Instant.ofEpochMilli(Math.min(Long.parseLong(text), ALWAYS.toEpochMilli()));
    }

    @Override
    public String toString() {
        return knowsDeliveries()
                ? position + "." + from.toEpochMilli() + "." + until.toEpochMilli()
                : position.toString();
    }
}
