package dev.quarry.integrations.bymode;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.integrations.Cut;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tally;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One mode's invocations over the whole window. */
@RegisterForReflection
@Schema(name = "InvocationsByModeRow", title = "InvocationsByModeRow")
public record ByModeRow(
        @Schema(required = true, title = "Mode") @JsonProperty("mode")
        String mode,

        @Schema(required = true, title = "Invocations") @JsonProperty("invocations")
        long invocations,

        @Schema(required = true, title = "Successful") @JsonProperty("successful")
        long successful,

        @Schema(required = true, title = "Vendor Errors") @JsonProperty("vendor_errors")
        long vendorErrors,

        @Schema(required = true, title = "Exceptions") @JsonProperty("exceptions")
        long exceptions,

        @Schema(required = true, title = "Success Rate Pct") @JsonProperty("success_rate_pct")
        double successRatePct,

        @Schema(required = true, title = "P95 Latency Ms") @JsonProperty("p95_latency_ms")
        double p95LatencyMs) {

    public static final Panel<ByModeRow> PANEL = new Panel<>(
            Cut.MODE,
            tallies -> tallies.groups(Cut.MODE).stream().map(ByModeRow::of).toList(),
            List.of(
                    new Panel.Column<>("mode", ByModeRow::mode),
                    new Panel.Column<>("invocations", ByModeRow::invocations),
                    new Panel.Column<>("successful", ByModeRow::successful),
                    new Panel.Column<>("vendor_errors", ByModeRow::vendorErrors),
                    new Panel.Column<>("exceptions", ByModeRow::exceptions),
                    new Panel.Column<>("success_rate_pct", ByModeRow::successRatePct),
                    new Panel.Column<>("p95_latency_ms", ByModeRow::p95LatencyMs)));

    private static ByModeRow of(Tally tally) {
        return new ByModeRow(
                tally.key(),
                tally.invocations(),
                tally.successful(),
                tally.vendorErrors(),
                tally.exceptions(),
                tally.successRate(),
                tally.p95());
    }
}
