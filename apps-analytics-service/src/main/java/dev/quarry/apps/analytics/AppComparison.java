package dev.quarry.apps.analytics;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.apps.Timestamps;
import dev.quarry.apps.analytics.AppAnalytics.ErrorBucket;
import dev.quarry.comparison.Change;
import dev.quarry.comparison.Counterpart;
import dev.quarry.tabular.Timestamp;
import dev.quarry.time.WholeDays;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An earlier window beside the requested one. */
@RegisterForReflection
@Schema(name = "AppAnalyticsComparison", title = "AppAnalyticsComparison")
public record AppComparison(
        @Schema(required = true, title = "Start", description = "First moment of the earlier window, RFC 3339, UTC")
        String start,

        @Schema(required = true, title = "End", description = "End of the earlier window, exclusive, RFC 3339, UTC")
        String end,

        @Schema(required = true, description = "Number of errors in the earlier window") @JsonProperty("total_errors")
        Total totalErrors,

        @Schema(
                required = true,
                title = "Errors Over Time",
                description = "A bucket for each bucket of `errors_over_time`, in the same order")
        @JsonProperty("errors_over_time")
        List<Bucket> errorsOverTime,

        @Schema(required = true, description = "Number of events in the earlier window, page views included")
        @JsonProperty("total_events")
        Total totalEvents,

        @Schema(required = true, description = "Number of page views in the earlier window")
        @JsonProperty("total_pageviews")
        Total totalPageviews) {

    /**
     * A total of the earlier window.
     *
     * @param count null if not all of the window's events are kept
     * @param change percent, at least -100; null if {@code count} is 0 or null
     */
    @RegisterForReflection
    @Schema(name = "ComparedTotal", title = "ComparedTotal")
    public record Total(
            @Schema(
                    required = true,
                    nullable = true,
                    title = "Count",
                    description = "The number; null if not all events of the earlier window are kept")
            Long count,

            @Schema(
                    required = true,
                    nullable = true,
                    title = "Change",
                    description =
                            "Change from this number to that of the requested window, in percent of this number, at least"
                                    + " -100, with two decimals; null if this number is 0 or null")
            Double change) {

        private static Total of(long current, Long earlier) {
            return new Total(earlier, Change.percent(current, earlier));
        }
    }

    /**
     * Errors in one bucket of the earlier window.
     *
     * @param timestamp null if the earlier window has fewer buckets
     * @param count null if not all of the bucket's errors are kept, or there is no bucket
     * @param change percent, at least -100; null if {@code count} is 0 or null
     */
    @RegisterForReflection
    @Schema(name = "ComparedErrorBucket", title = "ComparedErrorBucket")
    public record Bucket(
            @Schema(
                    required = true,
                    nullable = true,
                    title = "Timestamp",
                    description =
                            "Start of the earlier bucket, RFC 3339, UTC; null if the earlier window has fewer buckets")
            String timestamp,

            @Schema(
                    required = true,
                    nullable = true,
                    title = "Count",
                    description =
                            "Number of errors of the earlier bucket in its window; null if not all of them are kept, or"
                                    + " there is no bucket")
            Long count,

            @Schema(
                    required = true,
                    nullable = true,
                    title = "Change",
                    description =
                            "Change from this number to that of the requested window, in percent of this number, at least"
                                    + " -100, with two decimals; null if this number is 0 or null")
            Double change) {

        private static Bucket of(Counterpart<Instant, Number> counterpart) {
            return new Bucket(
                    counterpart.bucket() == null ? null : Timestamps.ofBucket(counterpart.bucket()),
                    counterpart.value() == null ? null : counterpart.value().longValue(),
                    counterpart.change());
        }
    }

    /**
     * Compares.
     *
     * @param errors of each bucket of the requested window, in order
     * @param current counts of the requested window
     * @param earlier the window to compare with
     * @param counts of the earlier window, in any order
     * @param known the days whose events are all kept
     */
    static AppComparison of(
            List<ErrorBucket> errors,
            List<Count> current,
            OverviewWindow earlier,
            List<Count> counts,
            WholeDays known) {
        Map<Instant, Long> byBucket = earlier.errorsByBucket(counts);
        Instant start = earlier.window().start();
        List<Bucket> buckets = Counterpart.of(
                        errors.stream().map(ErrorBucket::count).toList(),
                        List.copyOf(byBucket.keySet()),
                        byBucket,
                        bucket -> known.contain(bucket.isBefore(start) ? start : bucket))
                .stream()
                .map(Bucket::of)
                .toList();
        return new AppComparison(
                Timestamps.ofEvent(start),
                Timestamps.ofEvent(earlier.window().end()),
                total(Count::errors, current, counts, known.contain(start)),
                buckets,
                total(Count::events, current, counts, known.contain(start)),
                total(Count::pageviews, current, counts, known.contain(start)));
    }

    private static Total total(
            ToLongFunction<Count> number, List<Count> current, List<Count> earlier, boolean isKnown) {
        return Total.of(
                current.stream().mapToLong(number).sum(),
                isKnown ? (Long) earlier.stream().mapToLong(number).sum() : null);
    }

    /**
     * A row of the table.
     *
     * @param comparisonTimestamp null if the earlier window has fewer buckets
     */
    @RegisterForReflection
    record Line(
            @Timestamp String timestamp,
            long count,
            @JsonProperty("comparison_timestamp") @Timestamp String comparisonTimestamp,
            @JsonProperty("comparison_count") Long comparisonCount,
            Double change) {
        private static Line of(ErrorBucket bucket, Bucket earlier) {
            return new Line(bucket.timestamp(), bucket.count(), earlier.timestamp(), earlier.count(), earlier.change());
        }
    }

    /** Each bucket beside its counterpart. */
    List<Line> lines(List<ErrorBucket> errors) {
        return IntStream.range(0, errors.size())
                .mapToObj(place -> Line.of(errors.get(place), errorsOverTime.get(place)))
                .toList();
    }
}
