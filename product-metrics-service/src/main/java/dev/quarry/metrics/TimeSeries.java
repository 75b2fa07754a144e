package dev.quarry.metrics;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.quarry.caller.Caller;
import dev.quarry.comparison.CompareParameter;
import dev.quarry.tabular.Table;
import dev.quarry.tabular.Tabular;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        List<Point> data,

        @Schema(description = "The dimension of `groups`; only with `by`") @JsonInclude(JsonInclude.Include.NON_NULL)
        String dimension,

        @Schema(
                description =
                        "The values of the dimension with the largest numbers in the window, the largest first; only with `by`")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        List<Group> groups,

        @Schema(description = "All other values of the dimension together; absent if there are none")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Rest rest,

        @Schema(description = "The series of an earlier window beside `data`; only with `compare`")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Comparison comparison)
        implements Tabular {

    @Override
    public Table<?> table() {
        return groups == null && comparison == null ? new Table<>(Point.class, data) : new Table<>(Line.class, lines());
    }

    private List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        addLines(lines, "whole", "", data, comparison);
        if (groups != null) {
            groups.forEach(group -> addLines(lines, "group", group.key(), group.data(), group.comparison()));
        }
        if (rest != null) {
            addLines(lines, "rest", "", rest.data(), null);
        }
        return lines;
    }

    private static void addLines(List<Line> lines, String kind, String key, List<Point> points, Comparison comparison) {
        for (int place = 0; place < points.size(); place++) {
            Point point = points.get(place);
            lines.add(
                    comparison == null
                            ? Line.of(kind, key, point)
                            : Line.of(kind, key, point, comparison.data().get(place)));
        }
    }

    /**
     * A row of the table with groups or a comparison.
     *
     * @param kind {@code whole}, {@code group} or {@code rest}
     * @param key the group's value
     * @param comparisonPeriod null without a comparison
     */
    @RegisterForReflection
    record Line(
            String kind,
            String key,
            LocalDate period,
            Number value,
            LocalDate comparisonPeriod,
            Number comparisonValue,
            Number change) {
        private static Line of(String kind, String key, Point point) {
            return new Line(kind, key, point.period(), point.value(), null, null, null);
        }

        private static Line of(String kind, String key, Point point, Comparison.Point earlier) {
            return new Line(
                    kind, key, point.period(), point.value(), earlier.period(), earlier.value(), earlier.change());
        }
    }

    /**
     * The numbers of one value of the dimension.
     *
     * @param key the value; empty for events without one
     * @param comparison null, and then absent, unless {@code compare} was requested
     */
    @RegisterForReflection
    @Schema(name = "TimeSeriesGroup")
    public record Group(
            @Schema(required = true, description = "The value; empty for events without one")
            String key,

            @Schema(required = true, description = "The same periods as those of the whole")
            List<Point> data,

            @Schema(description = "The group's series of an earlier window beside `data`; only with `compare`")
            @JsonInclude(JsonInclude.Include.NON_NULL)
            Comparison comparison) {}

    /**
     * The groups that are not among the largest.
     *
     * @param groups how many there are, at least 1
     */
    @RegisterForReflection
    @Schema(name = "TimeSeriesRest")
    public record Rest(
            @Schema(required = true, description = "How many values these are, at least 1")
            long groups,

            @Schema(required = true, description = "Their numbers together; a user of several of them counts once")
            List<Point> data) {}

    /**
     * One period's value.
     *
     * @param period the day, or the first day of the week or month
     * @param value a count, or an average with two decimals
     */
    @Schema(name = "TimeSeriesPoint")
    public record Point(
            @Schema(
                    required = true,
                    description =
                            "The day, the Monday of the week (or its first day by `week_start`) or the first day of"
                                    + " the month")
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
    public static TimeSeries of(String metric, Caller caller, Period period, Unit unit, List<Point> sparse) {
        List<Point> data = period.periods(unit).fill(sparse, Point::period, Point::zero);
        return new TimeSeries(metric, caller.organization(), period.from(), period.to(), data, null, null, null, null);
    }

    /** Fills the periods of the slice and of its groups with sparse points. */
    public static TimeSeries of(
            String metric, Caller caller, Period period, Unit unit, Slice slice, List<SliceRow<Point>> rows) {
        TimeSeries whole = of(metric, caller, period, unit, SliceRow.whole(rows));
        if (slice.breakdown().by().isEmpty()) {
            return whole;
        }
        Spine<LocalDate> periods = period.periods(unit);
        int most = slice.breakdown().groups();
        long omitted = SliceRow.omitted(rows, most);
        return new TimeSeries(
                metric,
                caller.organization(),
                period.from(),
                period.to(),
                whole.data(),
                slice.breakdown().by().get().wireName(),
                SliceRow.groups(
                        rows,
                        most,
                        (key, points) -> new Group(key, periods.fill(points, Point::period, Point::zero), null)),
                omitted == 0
                        ? null
                        : new Rest(omitted, periods.fill(SliceRow.rest(rows, most), Point::period, Point::zero)),
                null);
    }

    /**
     * Adds the series of the window to compare with, and those of the groups.
     *
     * @param known the days whose events are kept; all if empty
     */
    public TimeSeries with(
            CompareParameter compare,
            Period period,
            Unit unit,
            Slice slice,
            Optional<WholeDays> known,
            EarlierWindow.Reader<Point> reader) {
        if (!compare.isRequested()) {
            return this;
        }
        List<LocalDate> shown = data.stream().map(Point::period).toList();
        EarlierWindow earlier = EarlierWindow.of(compare, period, unit, shown, known);
        return new TimeSeries(
                metric,
                organizationId,
                from,
                to,
                data,
                dimension,
                groups == null ? null : compared(earlier, slice, reader),
                rest,
                earlier.compare(data, earlier.whole(slice, reader)));
    }

    private List<Group> compared(EarlierWindow earlier, Slice slice, EarlierWindow.Reader<Point> reader) {
        Map<String, List<Point>> series =
                earlier.groups(groups.stream().map(Group::key).toList(), slice, reader);
        return groups.stream()
                .map(group -> new Group(
                        group.key(),
                        group.data(),
                        earlier.compare(group.data(), series.getOrDefault(group.key(), List.of()))))
                .toList();
    }
}
