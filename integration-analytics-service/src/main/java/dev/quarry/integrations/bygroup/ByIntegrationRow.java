package dev.quarry.integrations.bygroup;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.integrations.Cut;
import dev.quarry.integrations.Descriptions;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tally;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One integration's invocations over the whole window. */
@RegisterForReflection
@Schema(name = "InvocationsByIntegrationRow", title = "InvocationsByIntegrationRow")
@JsonNaming(SnakeCaseStrategy.class)
public record ByIntegrationRow(
        @Schema(required = true, title = "Integration Key", description = "Key of the integration")
        String integrationKey,

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

    public static final Panel<ByIntegrationRow> PANEL = Panel.ofGroups(
            Cut.INTEGRATION, ByIntegrationRow.class, ByIntegrationRow::integrationKey, ByIntegrationRow::of);

    private static ByIntegrationRow of(Tally tally) {
        return new ByIntegrationRow(
                tally.key(),
                tally.invocations(),
                tally.successful(),
                tally.vendorErrors(),
                tally.exceptions(),
                tally.successRate(),
                tally.p95());
    }
}
