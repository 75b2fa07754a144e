package dev.quarry.comparison;

import dev.quarry.parameters.Parameter;
import dev.quarry.time.Granularity;
import dev.quarry.time.Window;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;

/** The parameter {@code compare}. */
@RegisterForReflection
public record CompareParameter(
        @Parameter(
                name = "compare",
                description =
                        "Also tell the series of the window of equal length immediately before (`previous`), or of"
                                + " the one that begins a year earlier (`year`)",
                defaultValue = "none",
                example = "previous")
        Compared compare) {
    private static final int WEEKS_OF_YEAR = 52;
    private static final int MONTHS_OF_YEAR = 12;

    /** The window to compare with. */
    public enum Compared {
        NONE,
        PREVIOUS,
        YEAR
    }

    public boolean isRequested() {
        return compare != Compared.NONE;
    }

    /**
     * The first of as many days to compare with. 29 February counts as 28 February of the year before.
     *
     * @param from first requested day, inclusive
     * @param to last requested day, inclusive
     * @throws IllegalStateException if no comparison was requested
     */
    public LocalDate firstEarlierDay(LocalDate from, LocalDate to) {
        return switch (compare) {
            case PREVIOUS -> from.minusDays(ChronoUnit.DAYS.between(from, to) + 1);
            case YEAR -> from.minusYears(1);
            case NONE -> throw new IllegalStateException("No comparison was requested");
        };
    }

    /**
     * The day to compare a day with, where buckets are weeks or months: as many buckets earlier as the requested days
     * touch, or 52 weeks or 12 months. So a bucket that the window cuts is compared with one that is cut alike. The last
     * day of a month counts as the last day of the earlier month.
     *
     * @param unit week or month
     * @param touched how many weeks or months have requested days
     * @throws IllegalStateException if no comparison was requested
     */
    public LocalDate earlierDay(LocalDate day, Granularity unit, long touched) {
        if (!isRequested()) {
            throw new IllegalStateException("No comparison was requested");
        }
        boolean isYear = compare == Compared.YEAR;
        if (unit == Granularity.WEEK) {
            return day.minusWeeks(isYear ? WEEKS_OF_YEAR : touched);
        }
        LocalDate earlier = day.minusMonths(isYear ? MONTHS_OF_YEAR : touched);
        boolean isLast = day.getDayOfMonth() == day.lengthOfMonth();
        return isLast ? earlier.with(TemporalAdjusters.lastDayOfMonth()) : earlier;
    }

    /**
     * The window to compare with; empty if no comparison was requested.
     *
     * @throws IllegalArgumentException if it would begin before {@link Window#EARLIEST}
     */
    public Optional<Window> earlier(Window window) {
        return switch (compare) {
            case PREVIOUS -> Optional.of(window.previous());
            case YEAR -> Optional.of(window.yearBefore());
            case NONE -> Optional.empty();
        };
    }
}
