package dev.quarry.metrics;

import dev.quarry.comparison.CompareParameter;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.parameters.Parameters;
import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Window;
import dev.quarry.time.Zones;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The days that a request asks for.
 *
 * @param from first day, inclusive
 * @param to last day, inclusive
 * @param limit maximum number of periods (the newest) or groups (the largest), 1..1000
 * @param zone defines when days begin
 */
public record Period(LocalDate from, LocalDate to, int limit, ZoneId zone) {
    private static final int SECONDS_OF_QUARTER = 15 * 60;

    /**
     * Checks the parameters together.
     *
     * @param dates both present
     * @throws FailureException with {@link Failure.Invalid} if {@code from} is after {@code to}, or the zone skipped
     *     all of the days, or days do not begin at a whole quarter of an hour
     */
    public static Period of(Dates dates, int limit, ZoneId zone) {
        LocalDate from = dates.from().orElseThrow();
        LocalDate to = dates.to().orElseThrow();
        if (from.isAfter(to)) {
            throw Parameters.invalid("from", "Input should not be after 'to'", from.toString());
        }
        var period = new Period(from, to, limit, zone);
        if (period.isOfNoDay()) {
            throw Parameters.invalid(
                    "tz", "Input should be a timezone that had any of the days asked for", zone.getId());
        }
        if (!period.countsInQuarters()) {
            throw Parameters.invalid(
                    "tz",
                    "Input should be a timezone whose days began at whole quarters of an hour, UTC, then",
                    zone.getId());
        }
        return period;
    }

    /**
     * The days to compare these with, which may lie before 1970 or be days that the zone skipped. Weeks and months are
     * compared with whole ones, days with as many days.
     */
    public Dates earlier(CompareParameter comparison, Unit unit) {
        if (unit.isDay()) {
            LocalDate first = comparison.firstEarlierDay(from, to);
            return new Dates(Optional.of(first), Optional.of(first.plusDays(ChronoUnit.DAYS.between(from, to))));
        }
        long touched = unit.count(from, to);
        return new Dates(
                Optional.of(comparison.earlierDay(from, unit.granularity(), touched)),
                Optional.of(comparison.earlierDay(to, unit.granularity(), touched)));
    }

    /** The same question about other days; empty if the zone skipped all of them, or they are before 1970. */
    public Optional<Period> of(Dates dates) {
        LocalDate last = dates.to().orElseThrow();
        LocalDate first = dates.from().orElseThrow();
        var period = new Period(first.isBefore(LocalDate.EPOCH) ? LocalDate.EPOCH : first, last, limit, zone);
        return last.isBefore(LocalDate.EPOCH) || period.isOfNoDay() ? Optional.empty() : Optional.of(period);
    }

    /** All requested days, for answers without periods. */
    public Window days() {
        return Window.ofDays(from, to, zone, Integer.MAX_VALUE);
    }

    /** Whether days begin when UTC's do, as gold's do. */
    public boolean isUtc() {
        return Zones.isUtc(zone);
    }

    /** The requested days from {@code known} on; empty if there are none. */
    public Optional<Period> within(WholeDays known) {
        return since(known.first());
    }

    /** The requested days from {@code first} on; empty if there are none. */
    public Optional<Period> since(LocalDate first) {
        return between(first.isAfter(from) ? first : from, to);
    }

    /** The requested days up to {@code last}; empty if there are none. */
    public Optional<Period> until(LocalDate last) {
        return between(from, last.isBefore(to) ? last : to);
    }

    private Optional<Period> between(LocalDate first, LocalDate last) {
        var period = new Period(first, last, limit, zone);
        return first.isAfter(last) || period.isOfNoDay() ? Optional.empty() : Optional.of(period);
    }

    /** The days to read for daily values: the newest {@link #limit} of the requested days. */
    public Window window() {
        Window all = days();
        if (all.count(Granularity.DAY) <= limit) {
            return all;
        }
        Instant start = all.end();
        for (int day = 0; day < limit; day++) {
            start = Granularity.DAY.bucketOf(start.minusNanos(1), zone);
        }
        return new Window(start, all.end(), zone);
    }

    /** The time to read: the newest {@link #limit} of the periods, but only requested days. */
    public Window window(Unit unit) {
        if (unit.isDay()) {
            return window();
        }
        LocalDate first = periods(unit).buckets().getFirst();
        return Window.ofDays(first.isBefore(from) ? from : first, to, zone, Integer.MAX_VALUE);
    }

    /** The newest {@link #limit} of the periods; the first and the last one may be cut by the window's edges. */
    public Spine<LocalDate> periods(Unit unit) {
        if (unit.isDay()) {
            return window().dates(Granularity.DAY, limit);
        }
        List<LocalDate> periods = new ArrayList<>();
        LocalDate earliest = unit.periodOf(from);
        for (LocalDate period = unit.periodOf(to);
                periods.size() < limit && !period.isBefore(earliest);
                period = unit.plus(period, -1)) {
            if (hasDays(period, unit)) {
                periods.add(period);
            }
        }
        return new Spine<>(periods.reversed());
    }

    /** Whether the zone has any of the period's requested days. */
    private boolean hasDays(LocalDate period, Unit unit) {
        LocalDate next = unit.plus(period, 1);
        LocalDate first = period.isBefore(from) ? from : period;
        LocalDate end = next.isAfter(to) ? to.plusDays(1) : next;
        return !first.atStartOfDay(zone).equals(end.atStartOfDay(zone));
    }

    /** Whether the zone skipped all of these days: there is no 30 December 2011 in Apia. */
    private boolean isOfNoDay() {
        return from.atStartOfDay(zone).equals(to.plusDays(1).atStartOfDay(zone));
    }

    /**
     * Whether all days that an answer may read begin at whole quarters of an hour, the resolution of activity. In a few
     * zones they once did not (Monrovia until 1972, Kiritimati until 1979).
     */
    private boolean countsInQuarters() {
        ZoneRules rules = zone.getRules();
        Instant start =
                from.minusDays(Span.MONTH.earlierDays()).atStartOfDay(zone).toInstant();
        if (!isInQuarters(start)) {
            return false;
        }
        for (ZoneOffsetTransition change = rules.nextTransition(start);
                change != null && change.getInstant().isBefore(days().end());
                change = rules.nextTransition(change.getInstant())) {
            LocalDate day = change.getDateTimeAfter().toLocalDate();
            if (!isInQuarters(day.atStartOfDay(zone).toInstant())
                    || !isInQuarters(day.plusDays(1).atStartOfDay(zone).toInstant())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isInQuarters(Instant start) {
        return start.getEpochSecond() % SECONDS_OF_QUARTER == 0;
    }
}
