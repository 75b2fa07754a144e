package dev.quarry.integrations.bygroup;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.integrations.Cut;
import dev.quarry.integrations.Descriptions;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tally;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One mode's invocations over the whole window. */
@RegisterForReflection
@Schema(name = "InvocationsByModeRow", title = "InvocationsByModeRow")
@JsonNaming(SnakeCaseStrategy.class)
public record ByModeRow(
        @Schema(required = true, title = "Mode", description = "Mode of the invocations")
        String mode,

        @Schema(required = true, title = "Invocations", description = Descriptions.INVOCATIONS)
        long invocations,

        @Schema(required = true, title = "Successful", description = Descriptions.SUCCESSFUL)
        long successful,

        @Schema(required = true, title = "Vendor Errors", description = Descriptions.VENDOR_ERRORS)
        long vendorErrors,

        @Schema(required = true, title = "Exceptions", description = Descriptions.EXCEPTIONS)
        long exceptions,

        @Schema(required = true, title = "Success Rate Pct", description = Descriptions.SUCCESS_RATE)
        double successRatePct,

        @Schema(required = true, title = "P95 Latency Ms", description = Descriptions.P95_LATENCY)
        double p95LatencyMs) {

    public static final Panel<ByModeRow> PANEL =
            Panel.ofGroups(Cut.MODE, ByModeRow.class, ByModeRow::mode, ByModeRow::of);

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
