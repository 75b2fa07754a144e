package dev.quarry.metrics;

import dev.quarry.caller.Caller;
import dev.quarry.time.WholeDays;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A metric by period, oldest first, including periods without events.
 *
 * @param metric the endpoint's name
 * @param from first requested day, inclusive
 * @param to last requested day, inclusive
 */
@Schema(name = "TimeSeriesResponse")
public record TimeSeries(
        @Schema(required = true, description = "Name of the endpoint")
        String metric,

        @Schema(required = true, description = "Organization that the numbers are about")
        String organizationId,

        @Schema(required = true, description = "First day of the window, inclusive")
        LocalDate from,

        @Schema(required = true, description = "Last day of the window, inclusive")
        LocalDate to,

        @Schema(required = true, description = "Every period of the window, oldest first; the newest `limit` of them")
        List<Point> data) {

    /**
     * One period's value.
     *
     * @param period the day, or the first day of the week or month
     * @param value a count, or an average with two decimals
     */
    @Schema(name = "TimeSeriesPoint")
    public record Point(
            @Schema(required = true, description = "The day, the Monday of the week or the first day of the month; with `week_start`, the week's first day")
            LocalDate period,

            @Schema(
                    required = true,
                    description = "Count, seconds or average of the period, at least 0; averages have two decimals")
            Number value) {

        /** The point of a period without events. */
        static Point zero(LocalDate period) {
            return new Point(period, 0);
        }
    }

    /** Fills the window's days with sparse points: zero if a day has no point, and on all days before {@code known}. */
    public static TimeSeries of(String metric, Caller caller, Period period, WholeDays known, List<Point> sparse) {
        List<Point> whole =
                sparse.stream().filter(point -> known.contain(point.period())).toList();
        return of(metric, caller, period, Unit.DAY, whole);
    }

    /** Fills the window's periods with sparse points: zero if a period has no point. */
    public static TimeSeries of(
            String metric, Caller caller, Period period, Unit unit, List<Point> sparse) {
        List<Point> data = period.periods(unit).fill(sparse, Point::period, Point::zero);
        return new TimeSeries(metric, caller.organization(), period.from(), period.to(), data);
    }
}
