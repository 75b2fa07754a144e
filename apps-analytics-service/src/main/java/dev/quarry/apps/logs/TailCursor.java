package dev.quarry.apps.logs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * What a client of a tail has received, as the id of an event says.
 *
 * <p>An entry <em>counts from</em> the later of its timestamp and its time of delivery. Each look sends the entries that
 * count from {@code from} or later and from before {@code until}, in the order of their positions; the next look begins
 * at {@code until}. The client has received all entries of earlier looks, and those of this look up to {@code position}.
 * So it is known of each entry whether the client has it, however late it was delivered, and on every replica.
 *
 * @param from not after {@code until}
 */
record TailCursor(LogPosition position, Instant from, Instant until) {
    /** A look that has no end yet. The engine's times with nanoseconds end a century later. */
    private static final Instant ALWAYS = Instant.parse("2200-01-01T00:00:00Z");

    private static final Pattern FORM = Pattern.compile(
            "(?<position>" + LogPosition.FORM + ")(?:\\.(?<from>[0-9]{1,13})\\.(?<until>[0-9]{1,13}))?");

    TailCursor {
        requireNonNull(position, "position is null");
        requireNonNull(from, "from is null");
        requireNonNull(until, "until is null");
    }

    /** The client has what lies up to the position, and nothing after it. */
    static TailCursor after(LogPosition position) {
        return new TailCursor(position, Instant.EPOCH, ALWAYS);
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
                : new TailCursor(position, millis(parts.group("from")), ALWAYS).endingAt(millis(parts.group("until")));
    }

    private static Instant millis(String text) {
        return Instant.ofEpochMilli(Long.parseLong(text));
    }

    /** Whether it is of a time after {@code moment}: the clock has gone back since. */
    boolean isAfter(Instant moment) {
        return position.timestamp().isAfter(moment) || (until.isAfter(moment) && !until.equals(ALWAYS));
    }

    /**
     * The cursor for a clock that has gone back to {@code now}. When entries counted from is not comparable any more, so
     * the position decides, and entries of the time that the clock shows again may be sent again.
     */
    TailCursor restartedAt(Instant now) {
        return after(position.timestamp().isAfter(now) ? LogPosition.startOf(now) : position);
    }

    /** The cursor, but without entries with a timestamp before {@code earliest}. */
    TailCursor notBefore(Instant earliest) {
        return position.timestamp().isBefore(earliest) ? after(LogPosition.startOf(earliest)) : this;
    }

    /** The same place in a look that does not reach beyond {@code end}. */
    TailCursor endingAt(Instant end) {
        return new TailCursor(position, earlier(from, end), earlier(until, end));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** Another place in the same look. */
    TailCursor at(LogPosition other) {
        return new TailCursor(other, from, until);
    }

    @Override
    public String toString() {
        return position + "." + from.toEpochMilli() + "." + until.toEpochMilli();
    }
}
