package dev.quarry.integrations.dashboard;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.integrations.Cut;
import dev.quarry.integrations.Tallies;
import dev.quarry.integrations.bygroup.ByIntegrationRow;
import dev.quarry.integrations.bygroup.ByModeRow;
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
 * Every panel at once, all of the same moment of the data.
 *
 * @param summary one row, or none where there is nothing to compare
 */
@Schema(name = "src__analytics__integrations__schemas__DashboardEnvelope", title = "DashboardEnvelope")
@JsonNaming(SnakeCaseStrategy.class)
public record DashboardEnvelope(
        @Schema(
                required = true,
                title = "Summary",
                description = "This window against the window of equal length before, or by `compare` another"
                        + " earlier one: one row; none if neither has an invocation")
        List<SummaryRow> summary,

        @Schema(
                required = true,
                title = "Usage",
                description = "Invocations by how they ended: a row for every bucket of the window, oldest first")
        List<UsageRow> usage,

        @Schema(
                required = true,
                title = "Success Rate",
                description = "Success rate: a row for every bucket of the window, oldest first")
        List<SuccessRateRow> successRate,

        @Schema(
                required = true,
                title = "Latency",
                description = "Latency percentiles: a row for every bucket of the window, oldest first")
        List<LatencyRow> latency,

        @Schema(
                required = true,
                title = "By Integration",
                description = "A row for each integration, the busiest first, at most `limit`")
        List<ByIntegrationRow> byIntegration,

        @Schema(
                required = true,
                title = "By Mode",
                description = "A row for each mode, the busiest first, at most `limit`")
        List<ByModeRow> byMode,

        @Schema(
                required = true,
                title = "Error Breakdown",
                description = "A row for each category of failures, the most frequent first, at most `limit`")
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
