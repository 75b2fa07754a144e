package dev.quarry.apps.analytics;

import dev.quarry.time.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rows of gold that a window touches, if each row covers a span of the same length. It cuts at most the first and the
 * last of them; the others lie in the window.
 *
 * @param touched the start of the first row that the window touches, in whole seconds
 * @param from the start of the first row in the window
 * @param until the end of the last row in the window; not after {@code from} if no row lies in the window
 * @param touchedUntil the end of the last row that the window touches
 */
record WindowRows(Instant touched, Instant from, Instant until, Instant touchedUntil) {
    /** No rows. */
    static final WindowRows NONE = new WindowRows(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, Instant.EPOCH);

    /** @param length a divisor of a day */
    static WindowRows of(Window window, Duration length) {
        Instant touched = floor(window.start(), length);
        Instant until = floor(window.end(), length);
        return new WindowRows(
                touched,
                touched.equals(window.start()) ? touched : touched.plus(length),
                until,
                until.equals(window.end()) ? until : until.plus(length));
    }

    /** The starts of the rows that the window cuts. */
    List<Instant> cut() {
        Stream<Instant> first = touched.equals(from) ? Stream.empty() : Stream.of(touched);
        Stream<Instant> last = touchedUntil.equals(until) ? Stream.empty() : Stream.of(until);
        return Stream.concat(first, last).distinct().toList();
    }

    private static Instant floor(Instant instant, Duration length) {
        return Instant.ofEpochSecond(instant.getEpochSecond() - instant.getEpochSecond() % length.toSeconds());
    }
}
