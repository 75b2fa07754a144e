package dev.quarry.time;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The span of time of an answer, half-open: {@code [start, end)}, in a zone. It is never empty and never unbounded:
 * each endpoint gives its maximum. It never leaves the range of ClickHouse's {@code DateTime64}, because ClickHouse's
 * functions give wrong results without an error beyond it.
 *
 * @param start the first instant inside, not before {@link #EARLIEST}
 * @param end the first instant after it, not after {@link #LATEST}
 * @param zone where its days, weeks and months begin
 */
public record Window(Instant start, Instant end, ZoneId zone) {
    public static final Instant EARLIEST = Instant.parse("1900-01-01T00:00:00Z");
    public static final Instant LATEST = Instant.parse("2299-01-01T00:00:00Z");

    /** @throws IllegalArgumentException if it is empty, reversed, or outside {@link #EARLIEST}..{@link #LATEST} */
    public Window {
        requireNonNull(start, "start is null");
        requireNonNull(end, "end is null");
        requireNonNull(zone, "zone is null");
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException("The window's start " + start + " is not before its end " + end);
        }
        if (start.isBefore(EARLIEST) || end.isAfter(LATEST)) {
            throw new IllegalArgumentException(
                    "The window %s to %s reaches outside %s to %s".formatted(start, end, EARLIEST, LATEST));
        }
    }

    /**
     * Makes a window of whole days, both inclusive as in requests and answers.
     *
     * @param longestDays maximum number of days for this endpoint
     * @throws WindowTooLong if there are more
     * @throws IllegalArgumentException if {@code from} is after {@code to}, or the zone left out all of these days
     */
    public static Window ofDays(LocalDate from, LocalDate to, ZoneId zone, int longestDays) {
        long days = ChronoUnit.DAYS.between(from, to) + 1;
        if (days > longestDays) {
            throw new WindowTooLong(Duration.ofDays(days), Duration.ofDays(longestDays));
        }
        LocalClock clock = LocalClock.of(zone);
        Instant start = clock.startOf(from);
        Instant end = clock.startOf(to.plusDays(1));
        if (days > 0 && start.equals(end)) {
            throw new IllegalArgumentException("There were no days from %s to %s in %s".formatted(from, to, zone));
        }
        return new Window(start, end, zone);
    }

    /**
     * Makes a window from two instants.
     *
     * @throws WindowTooLong if they are farther apart than {@code longest}
     */
    public static Window between(Instant start, Instant end, ZoneId zone, Duration longest) {
        Duration span = Duration.between(start, end);
        if (span.compareTo(longest) > 0) {
            throw new WindowTooLong(span, longest);
        }
        return new Window(start, end, zone);
    }

    /** Makes a window that ends now, in whole milliseconds, which is the resolution of events. */
    public static Window last(Duration span, ZoneId zone, Instant now) {
        Instant end = now.truncatedTo(ChronoUnit.MILLIS);
        return new Window(end.minus(span), end, zone);
    }

    /**
     * Makes a window of {@code count} whole buckets: the current bucket and those before it, so that "24 hours" has 24
     * points and not 25. It ends where the current bucket ends, a little in the future.
     */
    public static Window lastBuckets(int count, Granularity granularity, ZoneId zone, Instant now) {
        Instant start = granularity.bucketOf(now, zone);
        for (int further = 1; further < count; further++) {
            start = granularity.bucketOf(start.minusNanos(1), zone);
        }
        return new Window(start, granularity.next(now, zone), zone);
    }

    /** The part of the window within these days; empty if there is none. */
    public Optional<Window> within(WholeDays days) {
        if (days.contain(start)) {
            return Optional.of(this);
        }
        return days.start().isBefore(end) ? Optional.of(new Window(days.start(), end, zone)) : Optional.empty();
    }

    /** The day of {@link #start}. */
    public LocalDate from() {
        return LocalClock.of(zone).dayOf(start);
    }

    /** The last day of which the window contains any part. */
    public LocalDate to() {
        return LocalClock.of(zone).dayOf(end.minusNanos(1));
    }

    /** How many days the window touches. A day that the zone left out does not count. */
    public long days() {
        return count(Granularity.DAY);
    }

    /** Whether the window begins and ends at starts of days. */
    public boolean isWholeDays() {
        LocalClock clock = LocalClock.of(zone);
        return clock.startOf(from()).equals(start)
                && clock.startOf(to().plusDays(1)).equals(end);
    }

    /**
     * The window of equal length immediately before this one, for comparisons. Whole days are compared with the same
     * number of whole days, even if a change to or from summer time makes the hours differ: a user reads "the seven
     * days before". Other windows are compared with the same duration.
     */
    public Window previous() {
        if (!isWholeDays()) {
            return new Window(start.minus(Duration.between(start, end)), start, zone);
        }
        LocalClock clock = LocalClock.of(zone);
        Instant earlier = start;
        LocalDate day = from();
        for (long missing = days(); missing > 0; missing = days() - Granularity.DAY.count(earlier, start, zone)) {
            day = day.minusDays(missing);
            earlier = clock.startOf(day);
        }
        return new Window(earlier, start, zone);
    }

    /**
     * The window that begins a year earlier, for comparisons. 29 February counts as 28 February. Whole days are compared
     * with the same number of whole days, other windows with the same duration from the same local time.
     */
    public Window yearBefore() {
        LocalClock clock = LocalClock.of(zone);
        if (!isWholeDays()) {
            Instant earlier = clock.firstShowing(clock.reading(start).minusYears(1));
            return new Window(earlier, earlier.plus(Duration.between(start, end)), zone);
        }
        Instant earlier = clock.startOf(from().minusYears(1));
        Instant last = earlier;
        for (long day = days(); day > 0; day--) {
            last = Granularity.DAY.next(last, zone);
        }
        return new Window(earlier, last, zone);
    }

    /** How many buckets {@link #spine} would have. Cheap, whatever the number. */
    public long count(Granularity granularity) {
        return granularity.count(start, end, zone);
    }

    /**
     * The starts of all buckets that the window touches, in order. The first one is before {@link #start} if the window
     * begins in the middle of a bucket.
     *
     * @param cap maximum number of buckets in one answer of this endpoint
     * @throws TooManyBuckets if there are more; no buckets are made then
     */
    public Spine<Instant> spine(Granularity granularity, int cap) {
        List<Instant> buckets = new ArrayList<>(checkedCount(granularity, cap));
        granularity.forEachBucket(start, end, zone, buckets::add);
        return new Spine<>(buckets);
    }

    /**
     * As {@link #spine}, but each bucket is named by its day: the day itself, the Monday of the week, the first day of
     * the month.
     *
     * @throws IllegalArgumentException if the granularity is finer than a day
     */
    public Spine<LocalDate> dates(Granularity granularity, int cap) {
        List<LocalDate> dates = new ArrayList<>(checkedCount(granularity, cap));
        granularity.forEachDate(start, end, zone, dates::add);
        return new Spine<>(dates);
    }

    /**
     * The same buckets as in {@link #spine}, in the form that queries take.
     *
     * @throws TooManyBuckets if there are more than {@code cap}
     */
    public Grid grid(Granularity granularity, int cap) {
        List<Instant> buckets = spine(granularity, cap).buckets();
        return granularity.countsElapsedTime() ? Grid.even(buckets, granularity.length()) : Grid.uneven(buckets, end);
    }

    /**
     * How many buckets {@link #spine} would have, and whether they are too many. Cheap, whatever the number.
     *
     * @throws TooManyBuckets if there are more than {@code cap}
     */
    public int checkedCount(Granularity granularity, int cap) {
        long count = count(granularity);
        if (count > cap) {
            throw new TooManyBuckets(this, granularity, count, cap);
        }
        return (int) count;
    }
}
