package dev.quarry.integrations.dashboard;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.integrations.Cut;
import dev.quarry.integrations.Tallies;
import dev.quarry.integrations.byintegration.ByIntegrationRow;
import dev.quarry.integrations.bymode.ByModeRow;
import dev.quarry.integrations.errorbreakdown.ErrorBreakdownRow;
import dev.quarry.integrations.latency.LatencyRow;
import dev.quarry.integrations.successrate.SuccessRateRow;
import dev.quarry.integrations.summary.SummaryRow;
import dev.quarry.integrations.usage.UsageRow;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * All panels, from the same snapshot.
 *
 * @param summary one row, or none if there is nothing to compare
 */
@Schema(name = "src__analytics__integrations__schemas__DashboardEnvelope", title = "DashboardEnvelope")
public record DashboardEnvelope(
        @Schema(required = true, title = "Summary") @JsonProperty("summary")
        List<SummaryRow> summary,

        @Schema(required = true, title = "Usage") @JsonProperty("usage")
        List<UsageRow> usage,

        @Schema(required = true, title = "Success Rate") @JsonProperty("success_rate")
        List<SuccessRateRow> successRate,

        @Schema(required = true, title = "Latency") @JsonProperty("latency")
        List<LatencyRow> latency,

        @Schema(required = true, title = "By Integration") @JsonProperty("by_integration")
        List<ByIntegrationRow> byIntegration,

        @Schema(required = true, title = "By Mode") @JsonProperty("by_mode")
        List<ByModeRow> byMode,

        @Schema(required = true, title = "Error Breakdown") @JsonProperty("error_breakdown")
        List<ErrorBreakdownRow> errorBreakdown) {
    static final Set<Cut> CUTS = EnumSet.allOf(Cut.class);

    static DashboardEnvelope of(Tallies tallies) {
        return new DashboardEnvelope(
                SummaryRow.PANEL.rows().apply(tallies),
                UsageRow.PANEL.rows().apply(tallies),
                SuccessRateRow.PANEL.rows().apply(tallies),
                LatencyRow.PANEL.rows().apply(tallies),
                ByIntegrationRow.PANEL.rows().apply(tallies),
                ByModeRow.PANEL.rows().apply(tallies),
                ErrorBreakdownRow.PANEL.rows().apply(tallies));
    }
}
