package dev.quarry.integrations.bygroup;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.integrations.Cut;
import dev.quarry.integrations.Descriptions;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tally;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One mode's invocations over the whole window. */
@RegisterForReflection
@Schema(name = "InvocationsByModeRow", title = "InvocationsByModeRow")
public record ByModeRow(
        @Schema(required = true, title = "Mode", description = "Mode of the invocations") @JsonProperty("mode")
        String mode,

        @Schema(required = true, title = "Invocations", description = Descriptions.INVOCATIONS)
        @JsonProperty("invocations")
        long invocations,

        @Schema(required = true, title = "Successful", description = Descriptions.SUCCESSFUL)
        @JsonProperty("successful")
        long successful,

        @Schema(required = true, title = "Vendor Errors", description = Descriptions.VENDOR_ERRORS)
        @JsonProperty("vendor_errors")
        long vendorErrors,

        @Schema(required = true, title = "Exceptions", description = Descriptions.EXCEPTIONS)
        @JsonProperty("exceptions")
        long exceptions,

        @Schema(required = true, title = "Success Rate Pct", description = Descriptions.SUCCESS_RATE)
        @JsonProperty("success_rate_pct")
        double successRatePct,

        @Schema(required = true, title = "P95 Latency Ms", description = Descriptions.P95_LATENCY)
        @JsonProperty("p95_latency_ms")
        double p95LatencyMs)
        implements GroupRow {

    public static final Panel<ByModeRow> PANEL =
            GroupRow.panel(Cut.MODE, new Panel.Column<>("mode", ByModeRow::mode), ByModeRow::of);

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
