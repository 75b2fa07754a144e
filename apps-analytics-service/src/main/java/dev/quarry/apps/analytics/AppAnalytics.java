package dev.quarry.apps.analytics;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.tabular.Table;
import dev.quarry.tabular.Tabular;
import dev.quarry.tabular.Timestamp;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An overview of an app. Timestamps are UTC.
 *
 * @param shown the table that formats besides JSON have
 */
@Schema(name = "AppAnalyticsResponse", title = "AppAnalyticsResponse")
public record AppAnalytics(
        @Schema(required = true, title = "App Id", description = "Id of the app") @JsonProperty("app_id")
        String app,

        @Schema(
                required = true,
                title = "Period Hours",
                minimum = "1",
                maximum = "720",
                description = "Length of the window in hours, rounded up, 1 to 720")
        @JsonProperty("period_hours")
        int periodHours,

        @Schema(
                required = true,
                title = "Total Errors",
                minimum = "0",
                description = "Number of errors in the window, at least 0")
        @JsonProperty("total_errors")
        long totalErrors,

        @Schema(
                required = true,
                title = "Error Rate Per Minute",
                minimum = "0",
                description = "Errors per minute of the window, not rounded, at least 0")
        @JsonProperty("error_rate_per_minute")
        double errorRatePerMinute,

        @Schema(
                required = true,
                title = "Errors Over Time",
                description =
                        "Errors in each bucket that the window touches, oldest first; at most 100 buckets of 5 minutes, 1 hour, 6 hours or 1 day")
        @JsonProperty("errors_over_time")
        List<ErrorBucket> errorsOverTime,

        @Schema(
                required = true,
                title = "Vitals",
                description = "The `limit` web vitals with the most samples, by name")
        List<Vital> vitals,

        @Schema(
                required = true,
                title = "Recent Errors",
                description = "The newest 20 errors in the window, newest first")
        @JsonProperty("recent_errors")
        List<RecentError> recentErrors,

        @Schema(
                required = true,
                title = "Total Events",
                minimum = "0",
                description = "Number of events in the window, page views included, at least 0")
        @JsonProperty("total_events")
        long totalEvents,

        @Schema(
                required = true,
                title = "Total Pageviews",
                minimum = "0",
                description = "Number of page views in the window, at least 0")
        @JsonProperty("total_pageviews")
        long totalPageviews,

        @Schema(description = "First moment of the window, RFC 3339, UTC; only with `start` or `end`")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        String start,

        @Schema(description = "End of the window, exclusive, RFC 3339, UTC; only with `start` or `end`")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        String end,

        @Schema(description = "The vitals of each page; only with `by=url`")
        @JsonProperty("vitals_by_url")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        VitalsByUrl vitalsByUrl,

        @Schema(description = "An earlier window beside this one; only with `compare`")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        AppComparison comparison,

        @Schema(hidden = true) @JsonIgnore OverviewTable shown)
        implements Tabular {

    @Override
    public Table<?> table() {
        return switch (shown) {
            case ERRORS_OVER_TIME ->
                comparison == null
                        ? new Table<>(ErrorBucket.class, errorsOverTime)
                        : new Table<>(AppComparison.Line.class, comparison.lines(errorsOverTime));
            case VITALS ->
                vitalsByUrl == null
                        ? new Table<>(Vital.class, vitals)
                        : new Table<>(VitalsByUrl.Line.class, vitalsByUrl.lines(vitals));
            case RECENT_ERRORS -> new Table<>(RecentError.class, recentErrors);
        };
    }

    /** Errors in one bucket of the window. Buckets without errors are listed too. */
    @Schema(name = "ErrorBucket", title = "ErrorBucket")
    public record ErrorBucket(
            @Schema(required = true, title = "Timestamp", description = "Start of the bucket, RFC 3339, UTC") @Timestamp
            String timestamp,

            @Schema(
                    required = true,
                    title = "Count",
                    minimum = "0",
                    description = "Number of errors of the bucket in the window, at least 0")
            long count) {}

    /**
     * Nearest-rank percentiles of one web vital, over all samples in the window.
     *
     * @param rating present only if it was requested and the metric has public thresholds
     */
    @Schema(name = "VitalsSummary", title = "VitalsSummary")
    public record Vital(
            @Schema(required = true, title = "Metric Name", description = "Name of the web vital, such as `LCP`")
            @JsonProperty("metric_name")
            String metricName,

            @Schema(
                    required = true,
                    title = "P50",
                    minimum = "0",
                    description = "50th percentile by nearest rank, in milliseconds (CLS: no unit), at least 0")
            double p50,

            @Schema(
                    required = true,
                    title = "P75",
                    minimum = "0",
                    description = "75th percentile by nearest rank, in milliseconds (CLS: no unit), at least 0")
            double p75,

            @Schema(
                    required = true,
                    title = "P95",
                    minimum = "0",
                    description = "95th percentile by nearest rank, in milliseconds (CLS: no unit), at least 0")
            double p95,

            @Schema(
                    required = true,
                    title = "Sample Count",
                    minimum = "1",
                    description = "Number of samples in the window, at least 1")
            @JsonProperty("sample_count")
            long sampleCount,

            @Schema(
                    description =
                            "Rating of the 75th percentile. Only with `ratings=true`, and if the vital has thresholds")
            @JsonInclude(JsonInclude.Include.NON_NULL)
            VitalRating rating) {}

    /** One of the newest errors of the window. Its texts are cut at 8,000 characters. */
    @Schema(name = "RecentError", title = "RecentError")
    public record RecentError(
            @Schema(
                    required = true,
                    title = "Timestamp",
                    description = "Time of the error, RFC 3339, UTC, to the millisecond")
            @Timestamp
            String timestamp,

            @Schema(
                    required = true,
                    title = "Error Type",
                    maxLength = 8_000,
                    description = "Type of the error, such as `TypeError`; empty if unknown")
            @JsonProperty("error_type")
            String errorType,

            @Schema(
                    required = true,
                    title = "Error Message",
                    maxLength = 8_000,
                    description = "The first 8,000 characters of the message")
            @JsonProperty("error_message")
            String errorMessage,

            @Schema(
                    title = "Url",
                    nullable = true,
                    maxLength = 8_000,
                    description = "Page of the error, at most 8,000 characters; null if there is none")
            String url) {}
}
