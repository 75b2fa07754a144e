package dev.quarry.integrations.latency;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.integrations.Cut;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tally;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * One bucket's latencies, including failures, in milliseconds; 0 if the bucket has no invocations. Percentiles are
 * exact, by nearest rank.
 */
@RegisterForReflection
@Schema(name = "LatencyTimeseriesRow", title = "LatencyTimeseriesRow")
public record LatencyRow(
        @Schema(required = true, title = "Time Bucket", implementation = String.class, format = "date-time")
        @JsonProperty("time_bucket")
        Instant timeBucket,

        @Schema(required = true, title = "Invocations") @JsonProperty("invocations")
        long invocations,

        @Schema(required = true, title = "P50 Ms") @JsonProperty("p50_ms")
        double p50Ms,

        @Schema(required = true, title = "P90 Ms") @JsonProperty("p90_ms")
        double p90Ms,

        @Schema(required = true, title = "P95 Ms") @JsonProperty("p95_ms")
        double p95Ms,

        @Schema(required = true, title = "P99 Ms") @JsonProperty("p99_ms")
        double p99Ms,

        @Schema(required = true, title = "Avg Ms") @JsonProperty("avg_ms")
        double avgMs,

        @Schema(required = true, title = "Max Ms") @JsonProperty("max_ms")
        double maxMs) {

    public static final Panel<LatencyRow> PANEL = new Panel<>(
            Cut.BUCKET,
            tallies -> tallies.buckets(LatencyRow::of),
            List.of(
                    new Panel.Column<>("time_bucket", LatencyRow::timeBucket),
                    new Panel.Column<>("invocations", LatencyRow::invocations),
                    new Panel.Column<>("p50_ms", LatencyRow::p50Ms),
                    new Panel.Column<>("p90_ms", LatencyRow::p90Ms),
                    new Panel.Column<>("p95_ms", LatencyRow::p95Ms),
                    new Panel.Column<>("p99_ms", LatencyRow::p99Ms),
                    new Panel.Column<>("avg_ms", LatencyRow::avgMs),
                    new Panel.Column<>("max_ms", LatencyRow::maxMs)));

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
