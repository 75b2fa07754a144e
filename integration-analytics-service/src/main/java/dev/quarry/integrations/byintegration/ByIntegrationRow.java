package dev.quarry.integrations.byintegration;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.integrations.Cut;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tally;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One integration's invocations over the whole window. */
@RegisterForReflection
@Schema(name = "InvocationsByIntegrationRow", title = "InvocationsByIntegrationRow")
public record ByIntegrationRow(
        @Schema(required = true, title = "Integration Key") @JsonProperty("integration_key")
        String integrationKey,

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

    public static final Panel<ByIntegrationRow> PANEL = new Panel<>(
            Cut.INTEGRATION,
            tallies -> tallies.groups(Cut.INTEGRATION).stream()
                    .map(ByIntegrationRow::of)
                    .toList(),
            List.of(
                    new Panel.Column<>("integration_key", ByIntegrationRow::integrationKey),
                    new Panel.Column<>("invocations", ByIntegrationRow::invocations),
                    new Panel.Column<>("successful", ByIntegrationRow::successful),
                    new Panel.Column<>("vendor_errors", ByIntegrationRow::vendorErrors),
                    new Panel.Column<>("exceptions", ByIntegrationRow::exceptions),
                    new Panel.Column<>("success_rate_pct", ByIntegrationRow::successRatePct),
                    new Panel.Column<>("p95_latency_ms", ByIntegrationRow::p95LatencyMs)));

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
