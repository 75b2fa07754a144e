package dev.quarry.organizations.executions;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Executions per bucket, oldest first, including empty buckets.
 *
 * @param metric always {@code executions}
 * @param period {@code hourly} or {@code daily}
 * @param previous the same number of buckets from before the window; null, and then absent, if they were not requested
 */
@Schema(name = "TimeSeries")
public record ExecutionSeries(
        @Schema(required = true) String metric,
        @Schema(required = true) String period,
        @Schema(required = true) List<Point> data,
        @JsonInclude(JsonInclude.Include.NON_NULL) List<Point> previous) {

    /**
     * One bucket.
     *
     * @param timestamp start of the bucket, UTC
     */
    @Schema(name = "TimeSeriesPoint")
    public record Point(
            @Schema(required = true) Instant timestamp,
            @Schema(required = true) long value) {}

    /**
     * Fills the buckets with sparse points: zero if a bucket has no point, and in all buckets before {@code known}.
     *
     * @param sparse the points of both windows that have executions
     */
    public static ExecutionSeries of(
            String period,
            WholeDays known,
            List<Point> sparse,
            Spine<Instant> buckets,
            Optional<Spine<Instant>> before) {
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
                period,
                dense(data, buckets),
                before.map(spine -> dense(earlier, spine)).orElse(null));
    }

    private static List<Point> dense(List<Point> sparse, Spine<Instant> buckets) {
        return buckets.fill(sparse, Point::timestamp, bucket -> new Point(bucket, 0));
    }
}
