package dev.quarry.organizations.executions;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.comparison.Counterpart;
import dev.quarry.tabular.Table;
import dev.quarry.tabular.Tabular;
import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Executions per bucket of time, oldest first, every bucket there.
 *
 * @param metric always {@code executions}
 * @param period {@code hourly} or {@code daily}
 * @param previous as many buckets from before; null, and then absent, where they were not asked for
 * @param comparison for each bucket its counterpart; null, and then absent, unless {@code compare} was requested
 */
@Schema(name = "TimeSeries")
public record ExecutionSeries(
        @Schema(required = true, description = "Always `executions`")
        String metric,

        @Schema(required = true, description = "Length of a bucket: `hourly` or `daily`")
        String period,

        @Schema(required = true, description = "Every hour (at most 168) or day (at most 90), oldest first")
        List<Point> data,

        @Schema(description = "As many hours or days before, oldest first; only with `include=previous`")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        List<Point> previous,

        @Schema(
                description =
                        "As many hours or days of an earlier time, beside `data` by their place; only with `compare`")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        List<ComparedPoint> comparison)
        implements Tabular {

    @Override
    public Table<?> table() {
        if (comparison != null) {
            return new Table<>(Line.class, lines());
        }
        return previous == null ? new Table<>(Point.class, data) : new Table<>(PointPair.class, pairs());
    }

    private List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (int place = 0; place < data.size(); place++) {
            Point now = data.get(place);
            Point before = previous == null ? null : previous.get(place);
            ComparedPoint earlier = comparison.get(place);
            lines.add(new Line(
                    now.timestamp(),
                    now.value(),
                    before == null ? null : before.timestamp(),
                    before == null ? null : before.value(),
                    earlier.timestamp(),
                    earlier.value(),
                    earlier.change()));
        }
        return lines;
    }

    private List<PointPair> pairs() {
        List<PointPair> pairs = new ArrayList<>();
        for (int place = 0; place < data.size(); place++) {
            Point now = data.get(place);
            Point before = previous.get(place);
            pairs.add(new PointPair(now.timestamp(), now.value(), before.timestamp(), before.value()));
        }
        return pairs;
    }

    /** A bucket of the table beside the one in the same place of the hours or days before. */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    record PointPair(Instant timestamp, long value, Instant previousTimestamp, long previousValue) {}

    /**
     * A bucket of the table with a comparison.
     *
     * @param previousTimestamp null without {@code include=previous}
     */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    record Line(
            Instant timestamp,
            long value,
            Instant previousTimestamp,
            Long previousValue,
            Instant comparisonTimestamp,
            Long comparisonValue,
            Double change) {}

    /**
     * One bucket.
     *
     * @param timestamp its start, UTC
     */
    @Schema(name = "TimeSeriesPoint")
    public record Point(
            @Schema(required = true, description = "Start of the hour or day, UTC")
            Instant timestamp,

            @Schema(required = true, minimum = "0", description = "Number of executions, at least 0")
            long value) {}

    /**
     * A bucket of the time to compare with.
     *
     * @param timestamp its start, UTC
     * @param value null if the bucket's executions are no longer kept
     * @param change percent, at least -100; null if {@code value} is 0 or null
     */
    @RegisterForReflection
    @Schema(name = "TimeSeriesComparedPoint")
    public record ComparedPoint(
            @Schema(required = true, description = "Start of the earlier hour or day, UTC")
            Instant timestamp,

            @Schema(
                    required = true,
                    nullable = true,
                    minimum = "0",
                    description = "Its number of executions, at least 0; null if they are no longer kept")
            Long value,

            @Schema(
                    required = true,
                    nullable = true,
                    description =
                            "Change from this value to that of `data`, in percent of this value, at least -100, with"
                                    + " two decimals; null if this value is 0 or null")
            Double change) {

        private static ComparedPoint of(Counterpart<Instant, Number> counterpart) {
            Number value = counterpart.value();
            return new ComparedPoint(
                    counterpart.bucket(), value == null ? null : (Long) value.longValue(), counterpart.change());
        }
    }

    /**
     * Lays sparse points on their buckets, zero where there is none and in all buckets before {@code known}.
     *
     * @param sparse the points of both spans of time that have any executions
     */
    static ExecutionSeries of(ExecutionPeriod period, WholeDays known, List<Point> sparse) {
        Spine<Instant> buckets = period.buckets();
        Instant start = buckets.buckets().getFirst();
        List<Point> whole = sparse.stream()
                .filter(point -> known.contain(point.timestamp()))
                .toList();
        List<Point> data = whole.stream()
                .filter(point -> !point.timestamp().isBefore(start))
                .toList();
        List<Point> earlier = whole.stream()
                .filter(point -> point.timestamp().isBefore(start))
                .toList();
        return new ExecutionSeries(
                "executions",
                period.granularity() == Granularity.HOUR ? "hourly" : "daily",
                dense(data, buckets),
                period.bucketsBefore().map(spine -> dense(earlier, spine)).orElse(null),
                null);
    }

    /**
     * Adds as many buckets of an earlier time.
     *
     * @param sparse their points that have any executions
     */
    ExecutionSeries with(Spine<Instant> earlier, WholeDays known, List<Point> sparse) {
        Map<Instant, Long> values = sparse.stream().collect(Collectors.toMap(Point::timestamp, Point::value));
        List<ComparedPoint> compared = Counterpart.of(
                        data.stream().map(Point::value).toList(),
                        earlier.buckets(),
                        values,
                        bucket -> known.contain(bucket))
                .stream()
                .map(ComparedPoint::of)
                .toList();
        return new ExecutionSeries(metric, period, data, previous, compared);
    }

    private static List<Point> dense(List<Point> sparse, Spine<Instant> buckets) {
        return buckets.fill(sparse, Point::timestamp, bucket -> new Point(bucket, 0));
    }
}
