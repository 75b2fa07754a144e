package dev.quarry.apps.analytics;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An overview of an app. Timestamps are UTC. */
@Schema(name = "AppAnalyticsResponse", title = "AppAnalyticsResponse")
public record AppAnalytics(
        @Schema(required = true, title = "App Id") @JsonProperty("app_id")
        String app,

        @Schema(required = true, title = "Period Hours") @JsonProperty("period_hours")
        int periodHours,

        @Schema(required = true, title = "Total Errors") @JsonProperty("total_errors")
        long totalErrors,

        @Schema(required = true, title = "Error Rate Per Minute") @JsonProperty("error_rate_per_minute")
        double errorRatePerMinute,

        @Schema(required = true, title = "Errors Over Time") @JsonProperty("errors_over_time")
        List<ErrorBucket> errorsOverTime,

        @Schema(required = true, title = "Vitals") List<Vital> vitals,

        @Schema(required = true, title = "Recent Errors") @JsonProperty("recent_errors")
        List<RecentError> recentErrors,

        @Schema(required = true, title = "Total Events") @JsonProperty("total_events")
        long totalEvents,

        @Schema(required = true, title = "Total Pageviews") @JsonProperty("total_pageviews")
        long totalPageviews) {

    /** Errors in one bucket of the window. Buckets without errors are listed too. */
    @Schema(name = "ErrorBucket", title = "ErrorBucket")
    public record ErrorBucket(
            @Schema(required = true, title = "Timestamp") String timestamp,
            @Schema(required = true, title = "Count") long count) {}

    /**
     * Nearest-rank percentiles of one web vital, over all samples in the window.
     *
     * @param rating present only if it was requested and the metric has public thresholds
     */
    @Schema(name = "VitalsSummary", title = "VitalsSummary")
    public record Vital(
            @Schema(required = true, title = "Metric Name") @JsonProperty("metric_name")
            String metricName,

            @Schema(required = true, title = "P50") double p50,
            @Schema(required = true, title = "P75") double p75,
            @Schema(required = true, title = "P95") double p95,

            @Schema(required = true, title = "Sample Count") @JsonProperty("sample_count")
            long sampleCount,

            @JsonInclude(JsonInclude.Include.NON_NULL) VitalRating rating) {}

    /** One of the newest errors of the window. */
    @Schema(name = "RecentError", title = "RecentError")
    public record RecentError(
            @Schema(required = true, title = "Timestamp") String timestamp,

            @Schema(required = true, title = "Error Type") @JsonProperty("error_type")
            String errorType,

            @Schema(required = true, title = "Error Message") @JsonProperty("error_message")
            String errorMessage,

            @Schema(title = "Url", nullable = true) String url) {}
}
