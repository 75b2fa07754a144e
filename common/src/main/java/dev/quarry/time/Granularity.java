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
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The length of buckets, finest first, and where buckets start in a zone. The buckets of any granularity cover time
 * without gaps or overlaps: every instant lies in exactly one.
 *
 * <ul>
 *   <li>Up to {@link #HOUR}, buckets count elapsed time from the start of the local day. In zones with odd offsets
 *       (India, Nepal) hours start at local whole hours. An hour that the clock shows twice is two buckets. If the
 *       clock moves by half an hour (Lord Howe), the later hours of that one day start at half past, and its last one
 *       is shorter.
 *   <li>From {@link #SIX_HOURS} on, buckets follow the local clock. A day has 23, 24 or 25 hours and appears once. A
 *       day whose midnight does not exist starts at its first instant that does. A day that was left out (Apia,
 *       2011-12-30) does not appear.
 * </ul>
 *
 * <p>A day starts at {@link java.time.LocalDate#atStartOfDay(ZoneId)}. If the clock goes back across midnight from a
 * minute or more after it (Newfoundland and Labrador until 2011, Casey in 2010), the new day starts at its first
 * midnight and continues while the clock shows the old date again.
 *
 * <p>Only the time zone data of the JDK counts. A query gets the starts of buckets as numbers ({@link Window#spine},
 * {@link Window#grid}) and never the name of a zone, because the engine's own time zone data may be older or newer.
 */
public enum Granularity {
    MINUTE("minute", Duration.ofMinutes(1)),
    FIVE_MINUTES("five_minutes", Duration.ofMinutes(5)),
    HOUR("hour", Duration.ofHours(1)),
    SIX_HOURS("six_hours", Duration.ofHours(6)),
    DAY("day", Duration.ofDays(1)),
    WEEK("week", Duration.ofDays(7)),
    /** Its nominal length of 30 days only decides its order among the others. */
    MONTH("month", Duration.ofDays(30));

    private final String wireName;
    private final long seconds;

    Granularity(String wireName, Duration nominal) {
        this.wireName = wireName;
        this.seconds = nominal.toSeconds();
    }

    /** The name in requests and answers: {@code minute}, {@code hour}, {@code day}, {@code week}, {@code month}. */
    public String wireName() {
        return wireName;
    }

    public static Optional<Granularity> named(String wireName) {
        return Arrays.stream(values())
                .filter(granularity -> granularity.wireName.equals(wireName))
                .findFirst();
    }

    /** The start of the bucket that contains {@code instant}. */
    public Instant bucketOf(Instant instant, ZoneId zone) {
        LocalClock clock = LocalClock.of(zone);
        if (countsElapsedTime()) {
            Instant day = clock.startOf(clock.dayOf(instant));
            return day.plusSeconds(index(day, instant) * seconds);
        }
        return clock.firstShowing(labelOf(instant, clock));
    }

    /** The start of the bucket after the one that contains {@code instant}; that bucket ends there. */
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
     * Passes the starts of all buckets that {@code [start, end)} touches to {@code bucket}, in order. Buckets that count
     * elapsed time are made day by day: to ask the zone for each of thousands would cost more than the rest of an answer.
     */
    void forEachBucket(Instant start, Instant end, ZoneId zone, Consumer<Instant> bucket) {
        if (!countsElapsedTime()) {
            forEachLabel(start, end, zone, (next, label) -> bucket.accept(next));
            return;
        }
        LocalClock clock = LocalClock.of(zone);
        LocalDate day = clock.dayOf(start);
        Instant next = bucketOf(start, zone);
        while (next.isBefore(end)) {
            Instant tomorrow = endOf(day, clock);
            Instant last = tomorrow.isBefore(end) ? tomorrow : end;
            for (; next.isBefore(last); next = next.plusSeconds(seconds)) {
                bucket.accept(next);
            }
            next = tomorrow;
            day = day.plusDays(1);
        }
    }

    /**
     * As {@link #forEachBucket}, with the day that names each bucket.
     *
     * @throws IllegalArgumentException if the granularity is finer than a day
     */
    void forEachDate(Instant start, Instant end, ZoneId zone, Consumer<LocalDate> date) {
        requireDays();
        forEachLabel(start, end, zone, (next, label) -> date.accept(label.toLocalDate()));
    }

    /** Goes from label to label: to find the label of each bucket anew takes several times as long. */
    private void forEachLabel(Instant start, Instant end, ZoneId zone, BiConsumer<Instant, LocalDateTime> bucket) {
        LocalClock clock = LocalClock.of(zone);
        LocalDateTime label = labelOf(start, clock);
        Instant next = clock.firstShowing(label);
        while (next.isBefore(end)) {
            bucket.accept(next, label);
            LocalDateTime later = following(label);
            next = clock.firstShowing(later);
            label = latest(later, next, clock);
        }
    }

    /**
     * The day that names the bucket of {@code instant}: the day itself, the Monday of the week, the first day of the
     * month.
     *
     * @throws IllegalArgumentException if the granularity is finer than a day
     */
    public LocalDate dateOf(Instant instant, ZoneId zone) {
        requireDays();
        return labelOf(instant, LocalClock.of(zone)).toLocalDate();
    }

    private void requireDays() {
        if (compareTo(DAY) < 0) {
            throw new IllegalArgumentException("A bucket of granularity " + wireName + " is not named by a day");
        }
    }

    /**
     * How many buckets cover {@code [start, end)}. Computed from the changes of offset in between: the cost does not
     * grow with the number of buckets, so a check is cheap even where making the buckets would not be.
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

    /** A whole day has as many buckets as fit into its length, and one more if its last bucket is shorter. */
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

    /** Counts labels between the two, without those that the clock skipped when it jumped ahead. */
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

    /** The label of the bucket that started last. */
    private LocalDateTime labelOf(Instant instant, LocalClock clock) {
        return latest(floor(clock.reading(instant)), instant, clock);
    }

    /** The label that started last, from {@code label} on. The clock may have skipped labels in between. */
    private LocalDateTime latest(LocalDateTime label, Instant instant, LocalClock clock) {
        LocalDateTime latest = label;
        for (LocalDateTime next = following(label);
                !clock.firstShowing(next).isAfter(instant);
                next = following(next)) {
            latest = next;
        }
        return latest;
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
