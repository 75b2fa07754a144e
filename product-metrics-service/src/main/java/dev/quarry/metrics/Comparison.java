package dev.quarry.metrics;

import dev.quarry.comparison.Counterpart;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The series of an earlier window, beside that of the requested one. Periods are paired by their place in the window,
 * whatever part of it the limit shows.
 *
 * @param from first day of the earlier window, inclusive
 * @param to last day of the earlier window, inclusive
 */
@RegisterForReflection
@Schema(name = "TimeSeriesComparison")
public record Comparison(
        @Schema(required = true, description = "First day of the earlier window, inclusive")
        LocalDate from,

        @Schema(required = true, description = "Last day of the earlier window, inclusive")
        LocalDate to,

        @Schema(required = true, description = "A point for each point of the series, in the same order")
        List<Point> data) {

    /**
     * A point of the earlier window.
     *
     * @param period null if the earlier window has fewer periods
     * @param value null if the period's events are no longer kept, or there is no period
     * @param change percent, at least -100; null if {@code value} is 0 or null
     */
    @RegisterForReflection
    @Schema(name = "TimeSeriesComparisonPoint")
    public record Point(
            @Schema(
                    required = true,
                    nullable = true,
                    description = "The earlier period; null if the earlier window has fewer periods")
            LocalDate period,

            @Schema(
                    required = true,
                    nullable = true,
                    description = "Its value; null if its events are no longer kept, or there is no period")
            Number value,

            @Schema(
                    required = true,
                    nullable = true,
                    description =
                            "Change from this value to that of the series, in percent of this value, at least -100,"
                                    + " with two decimals; null if this value is 0 or null")
            Double change) {}

    /**
     * Pairs the points of a series with earlier ones.
     *
     * @param earlier the window
     * @param periods of the earlier window
     * @param sparse points of the earlier window; a period without one is 0
     * @param known whether a period's events are kept
     */
    static Comparison of(
            List<TimeSeries.Point> series,
            Dates earlier,
            List<LocalDate> periods,
            List<TimeSeries.Point> sparse,
            Predicate<LocalDate> known) {
        Map<LocalDate, Number> values =
                sparse.stream().collect(Collectors.toMap(TimeSeries.Point::period, TimeSeries.Point::value));
        List<Number> current = series.stream().map(TimeSeries.Point::value).toList();
        List<Point> points = Counterpart.of(current, periods, values, known).stream()
                .map(counterpart -> new Point(counterpart.bucket(), counterpart.value(), counterpart.change()))
                .toList();
        return new Comparison(earlier.from().orElseThrow(), earlier.to().orElseThrow(), points);
    }
}
