package dev.quarry.organizations.executions;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.csv.Table;
import dev.quarry.csv.Tabular;
import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Executions per bucket of time, oldest first, every bucket there.
 *
 * @param metric always {@code executions}
 * @param period {@code hourly} or {@code daily}
 * @param previous as many buckets from before; null, and then absent, where they were not asked for
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
        List<Point> previous)
        implements Tabular {

    @Override
    public Table<?> table() {
        return previous == null ? new Table<>(Point.class, data) : new Table<>(PointPair.class, pairs());
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

    /** A bucket of CSV beside the one in the same place of the hours or days before. */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    record PointPair(Instant timestamp, long value, Instant previousTimestamp, long previousValue) {}

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
                period.bucketsBefore().map(spine -> dense(earlier, spine)).orElse(null));
    }

    private static List<Point> dense(List<Point> sparse, Spine<Instant> buckets) {
        return buckets.fill(sparse, Point::timestamp, bucket -> new Point(bucket, 0));
    }
}
