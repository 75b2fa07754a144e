package dev.quarry.integrations.latency;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.integrations.Descriptions;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tally;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One bucket's latencies, failures included, in milliseconds; 0 where nothing was invoked. Percentiles are exact, by nearest rank. */
@RegisterForReflection
@Schema(name = "LatencyTimeseriesRow", title = "LatencyTimeseriesRow")
@JsonNaming(SnakeCaseStrategy.class)
public record LatencyRow(
        @Schema(
                required = true,
                title = "Time Bucket",
                implementation = String.class,
                format = "date-time",
                description = Descriptions.TIME_BUCKET)
        Instant timeBucket,

        @Schema(required = true, title = "Invocations", description = Descriptions.INVOCATIONS)
        long invocations,

        @Schema(
                required = true,
                title = "P50 Ms",
                description = "50th percentile of the latency in milliseconds, failures included, at least"
                        + " 0: exact, by nearest rank; 0 without invocations")
        double p50Ms,

        @Schema(
                required = true,
                title = "P90 Ms",
                description = "90th percentile of the latency in milliseconds, failures included, at least"
                        + " 0: exact, by nearest rank; 0 without invocations")
        double p90Ms,

        @Schema(
                required = true,
                title = "P95 Ms",
                description = "95th percentile of the latency in milliseconds, failures included, at least"
                        + " 0: exact, by nearest rank; 0 without invocations")
        double p95Ms,

        @Schema(
                required = true,
                title = "P99 Ms",
                description = "99th percentile of the latency in milliseconds, failures included, at least"
                        + " 0: exact, by nearest rank; 0 without invocations")
        double p99Ms,

        @Schema(
                required = true,
                title = "Avg Ms",
                description = "Average latency in milliseconds, failures included, at least 0, with two"
                        + " decimals; 0 without invocations")
        double avgMs,

        @Schema(
                required = true,
                title = "Max Ms",
                description = "Largest latency in milliseconds, failures included, at least 0; 0 without invocations")
        double maxMs) {

    public static final Panel<LatencyRow> PANEL =
            Panel.ofBuckets(LatencyRow.class, LatencyRow::timeBucket, LatencyRow::of);

    private static LatencyRow of(Tally tally) {
        return new LatencyRow(
                tally.bucket(),
                tally.invocations(),
                tally.p50(),
                tally.p90(),
                tally.p95(),
                tally.p99(),
                tally.averageLatency(),
                tally.latencyMax());
    }
}
