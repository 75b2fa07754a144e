package dev.quarry.time;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * A date and time as a client sends it.
 *
 * @param offset of {@code local} from UTC, less than 24 hours; empty if the client sent none
 */
public record DateTime(LocalDateTime local, Optional<Duration> offset) {
    public DateTime {
        requireNonNull(local, "local is null");
        requireNonNull(offset, "offset is null");
    }

    /**
     * The moment. Without an offset, it is the first one at which a clock in the zone shows this time; if the clock skips
     * the time, it is the moment of the jump.
     */
    public Instant in(ZoneId zone) {
        return offset.map(fromUtc -> local.toInstant(ZoneOffset.UTC).minus(fromUtc))
                .orElseGet(() -> LocalClock.of(zone).firstShowing(local));
    }
}
