package dev.quarry.metrics;

import dev.quarry.auth.Caller;
import dev.quarry.time.Granularity;
import dev.quarry.time.WholeDays;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A metric by period, oldest first, with every period of the window present.
 *
 * @param metric the endpoint's name
 * @param from first day asked for, inclusive
 * @param to last day asked for, inclusive
 */
@Schema(name = "TimeSeriesResponse")
public record TimeSeries(
        @Schema(required = true) String metric,
        @Schema(required = true) String organizationId,
        @Schema(required = true) LocalDate from,
        @Schema(required = true) LocalDate to,
        @Schema(required = true) List<Point> data) {

    /**
     * One period's value.
     *
     * @param period the day, the week's Monday or the month's first
     * @param value a count, or an average with two decimals
     */
    @Schema(name = "TimeSeriesPoint")
    public record Point(
            @Schema(required = true) LocalDate period,
            @Schema(required = true) Number value) {

        /** Where nothing happened. */
        static Point zero(LocalDate period) {
            return new Point(period, 0);
        }
    }

    /** Fills the window's days with sparse points: zero where there is none and on all days before {@code known}. */
    public static TimeSeries of(
            String metric, Caller caller, PeriodParameters asked, WholeDays known, List<Point> sparse) {
        List<Point> whole =
                sparse.stream().filter(point -> known.contain(point.period())).toList();
        return of(metric, caller, asked, Granularity.DAY, whole);
    }

    /** Lays sparse points on the window's periods, zero where there is none. */
    public static TimeSeries of(
            String metric, Caller caller, PeriodParameters asked, Granularity granularity, List<Point> sparse) {
        List<Point> data = asked.periods(granularity).fill(sparse, Point::period, Point::zero);
        return new TimeSeries(metric, caller.organization(), asked.from(), asked.to(), data);
    }
}
