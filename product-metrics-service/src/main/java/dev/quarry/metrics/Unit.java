package dev.quarry.metrics;

import dev.quarry.time.Granularity;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/**
 * The length of periods and where they begin. A period is named by its first day.
 *
 * @param granularity day, week or month
 * @param weekStart {@link WeekStart#MONDAY} unless {@code granularity} is a week
 */
public record Unit(Granularity granularity, WeekStart weekStart) {
    public static final Unit DAY = new Unit(Granularity.DAY, WeekStart.MONDAY);

    public Unit {
        weekStart = granularity == Granularity.WEEK ? weekStart : WeekStart.MONDAY;
    }

    public boolean isDay() {
        return granularity == Granularity.DAY;
    }

    /** How many days before those of ISO 8601 these periods begin. */
    public int daysBeforeMonday() {
        return weekStart.daysBeforeMonday();
    }

    /** The period that contains a day. */
    public LocalDate periodOf(LocalDate day) {
        return switch (granularity) {
            case DAY -> day;
            case WEEK -> weekStart.weekOf(day);
            case MONTH -> day.withDayOfMonth(1);
            case MINUTE, FIVE_MINUTES, HOUR, SIX_HOURS -> throw new IllegalStateException("Not a period: " + this);
        };
    }

    /** How many periods have any of these days, both inclusive. */
    public long count(LocalDate from, LocalDate to) {
        ChronoUnit length = switch (granularity) {
            case DAY -> ChronoUnit.DAYS;
            case WEEK -> ChronoUnit.WEEKS;
            case MONTH -> ChronoUnit.MONTHS;
            case MINUTE, FIVE_MINUTES, HOUR, SIX_HOURS -> throw new IllegalStateException("Not a period: " + this);
        };
        return length.between(periodOf(from), periodOf(to)) + 1;
    }

    /** The period {@code count} periods later, or earlier if negative. */
    public LocalDate plus(LocalDate period, int count) {
        return switch (granularity) {
            case DAY -> period.plusDays(count);
            case WEEK -> period.plusWeeks(count);
            case MONTH -> period.plusMonths(count);
            case MINUTE, FIVE_MINUTES, HOUR, SIX_HOURS -> throw new IllegalStateException("Not a period: " + this);
        };
    }
}
