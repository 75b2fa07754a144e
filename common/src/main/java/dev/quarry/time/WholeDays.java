package dev.quarry.time;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * The days of a zone, beginning with the first one that starts at or after a moment.
 *
 * @param first the first of these days
 * @param start when {@code first} begins in the zone
 */
public record WholeDays(LocalDate first, Instant start, ZoneId zone) {
    public WholeDays {
        requireNonNull(first, "first is null");
        requireNonNull(start, "start is null");
        requireNonNull(zone, "zone is null");
    }

    public static WholeDays from(Instant moment, ZoneId zone) {
        LocalClock clock = LocalClock.of(zone);
        LocalDate day = clock.dayOf(moment);
        return of(clock.startOf(day).isBefore(moment) ? day.plusDays(1) : day, zone);
    }

    /** The same days, but with a first day that is {@code days} later, or earlier if {@code days} is negative. */
    public WholeDays plus(int days) {
        return of(first.plusDays(days), zone);
    }

    public boolean contain(LocalDate day) {
        return !day.isBefore(first);
    }

    public boolean contain(Instant moment) {
        return !moment.isBefore(start);
    }

    private static WholeDays of(LocalDate first, ZoneId zone) {
        return new WholeDays(first, LocalClock.of(zone).startOf(first), zone);
    }
}
