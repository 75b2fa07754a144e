package dev.quarry.time;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How long a bucket is, finest first, and where buckets start in a zone. The buckets of any granularity tile time: every
 * instant lies in exactly one.
 *
 * <ul>
 *   <li>Up to {@link #HOUR}, buckets count elapsed time from the start of the local day. In zones with odd offsets
 *       (India, Nepal) hours start at local whole hours; an hour that the clock shows twice is two buckets. Where the
 *       clock moves by half an hour (Lord Howe), the hours of the rest of that one day start at half past, and its last
 *       one is cut short.
 *   <li>From {@link #SIX_HOURS} on, buckets follow the clock on the wall. A day has 23, 24 or 25 hours and appears
 *       once; if its midnight does not exist it starts at the first instant that does; a day that was left out (Apia,
 *       2011-12-30) does not appear.
 * </ul>
 *
 * <p>A day starts at {@link java.time.LocalDate#atStartOfDay(ZoneId)}. Where the clock goes back across midnight
 * from a minute or more past it (Newfoundland and Labrador until 2011, Casey in 2010), the new day starts at its first
 * midnight and continues while the clock shows the old date again.
 *
 * <p>Only the JDK's zone data count: a query gets the starts of buckets as numbers ({@link Window#spine},
 * {@link Window#grid}) and never the name of a zone, because the engine's own zone data may be older or newer.
 */
public enum Granularity {
    MINUTE("minute", Duration.ofMinutes(1)),
    FIVE_MINUTES("five_minutes", Duration.ofMinutes(5)),
    HOUR("hour", Duration.ofHours(1)),
    SIX_HOURS("six_hours", Duration.ofHours(6)),
    DAY("day", Duration.ofDays(1)),
    WEEK("week", Duration.ofDays(7)),
    /** Its nominal length is 30 days; only its order among the others rests on that. */
    MONTH("month", Duration.ofDays(30));

    private final String wireName;
    private final long seconds;

    Granularity(String wireName, Duration nominal) {
        this.wireName = wireName;
        this.seconds = nominal.toSeconds();
    }

    /** The name that requests and answers use: {@code minute}, {@code hour}, {@code day}, {@code week}, {@code month}. */
    public String wireName() {
        return wireName;
    }

    public static Optional<Granularity> named(String wireName) {
        return Arrays.stream(values())
                .filter(granularity -> granularity.wireName.equals(wireName))
                .findFirst();
    }

    /** The start of the bucket that {@code instant} lies in: the instant itself or an earlier one. */
    public Instant bucketOf(Instant instant, ZoneId zone) {
        LocalClock clock = LocalClock.of(zone);
        if (countsElapsedTime()) {
            Instant day = clock.startOf(clock.dayOf(instant));
            return day.plusSeconds(index(day, instant) * seconds);
        }
        return clock.firstShowing(labelOf(instant, clock));
    }

    /** The start of the bucket after the one that {@code instant} lies in, which is where that bucket ends. */
    public Instant next(Instant instant, ZoneId zone) {
        LocalClock clock = LocalClock.of(zone);
        if (countsElapsedTime()) {
            LocalDate day = clock.dayOf(instant);
            Instant start = clock.startOf(day);
            Instant next = start.plusSeconds((index(start, instant) + 1) * seconds);
            Instant tomorrow = endOf(day, clock);
            return next.isBefore(tomorrow) ? next : tomorrow;
        }
        return clock.firstShowing(following(labelOf(instant, clock)));
    }

    /**
     * The day that names the bucket of {@code instant}: the day itself, the week's Monday, the month's first.
     *
     * @throws IllegalArgumentException if the granularity is finer than a day
     */
    public LocalDate dateOf(Instant instant, ZoneId zone) {
        if (compareTo(DAY) < 0) {
            throw new IllegalArgumentException("A bucket of granularity " + wireName + " is not named by a day");
        }
        return labelOf(instant, LocalClock.of(zone)).toLocalDate();
    }

    /**
     * How many buckets it takes to cover {@code [start, end)}, by arithmetic: the cost grows with the changes of offset
     * in between, not with the number of buckets, so asking is cheap where laying them out would not be.
     */
    long count(Instant start, Instant end, ZoneId zone) {
        LocalClock clock = LocalClock.of(zone);
        Instant last = end.minusNanos(1);
        return countsElapsedTime() ? countElapsed(start, last, clock) : countLabels(start, last, clock);
    }

    /** The length of a bucket without a change of the clock. */
    Duration length() {
        return Duration.ofSeconds(seconds);
    }

    boolean countsElapsedTime() {
        return compareTo(HOUR) <= 0;
    }

    private long index(Instant day, Instant instant) {
        return Math.floorDiv(instant.getEpochSecond() - day.getEpochSecond(), seconds);
    }

    private static Instant endOf(LocalDate day, LocalClock clock) {
        return clock.startOf(day.plusDays(1));
    }

    /** Whole days hold as many buckets as they are long, except those that end in a bucket cut short. */
    private long countElapsed(Instant first, Instant last, LocalClock clock) {
        Instant firstDay = clock.startOf(clock.dayOf(first));
        Instant lastDay = clock.startOf(clock.dayOf(last));
        Set<LocalDate> oddDays = new HashSet<>();
        for (ZoneOffsetTransition change : clock.changes(firstDay, lastDay)) {
            oddDays.add(clock.dayOf(change.getInstant()));
            oddDays.add(clock.dayOf(change.getInstant().minusNanos(1)));
        }
        long wholeDays = ChronoUnit.SECONDS.between(firstDay, lastDay);
        for (LocalDate day : oddDays) {
            Instant start = clock.startOf(day);
            if (!start.isBefore(firstDay) && start.isBefore(lastDay)) {
                long length = ChronoUnit.SECONDS.between(start, endOf(day, clock));
                wholeDays += Math.ceilDiv(length, seconds) * seconds - length;
            }
        }
        return wholeDays / seconds - index(firstDay, first) + index(lastDay, last) + 1;
    }

    /** Labels between the two, less those that the clock skipped together when it jumped ahead. */
    private long countLabels(Instant first, Instant last, LocalClock clock) {
        LocalDateTime firstLabel = labelOf(first, clock);
        LocalDateTime lastLabel = labelOf(last, clock);
        long labels = labelsBetween(firstLabel, lastLabel) + 1;
        List<ZoneOffsetTransition> changes =
                clock.changes(clock.firstShowing(firstLabel), clock.firstShowing(lastLabel));
        for (ZoneOffsetTransition change : changes) {
            if (change.isGap()) {
                LocalDateTime shown = floor(change.getDateTimeBefore().minusNanos(1));
                labels -= Math.max(0, labelsBetween(shown, floor(change.getDateTimeAfter())) - 1);
            }
        }
        return labels;
    }

    /** The label of the bucket that has started last. */
    private LocalDateTime labelOf(Instant instant, LocalClock clock) {
        LocalDateTime label = floor(clock.reading(instant));
        for (LocalDateTime next = following(label);
                !clock.firstShowing(next).isAfter(instant);
                next = following(next)) {
            label = next;
        }
        return label;
    }

    private LocalDateTime floor(LocalDateTime reading) {
        LocalDateTime midnight = reading.truncatedTo(ChronoUnit.DAYS);
        return switch (this) {
            case SIX_HOURS -> midnight.withHour(reading.getHour() / 6 * 6);
            case DAY -> midnight;
            case WEEK -> midnight.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case MONTH -> midnight.withDayOfMonth(1);
            case MINUTE, FIVE_MINUTES, HOUR -> throw new IllegalStateException(this + " counts elapsed time");
        };
    }

    private LocalDateTime following(LocalDateTime label) {
        return this == MONTH ? label.plusMonths(1) : label.plusSeconds(seconds);
    }

    private long labelsBetween(LocalDateTime first, LocalDateTime last) {
        return this == MONTH
                ? ChronoUnit.MONTHS.between(first, last)
                : ChronoUnit.SECONDS.between(first, last) / seconds;
    }
}
