package dev.quarry.integrations.summary;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.integrations.Cut;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tallies;
import dev.quarry.integrations.Tally;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * This window against an earlier one. Rates and latencies are null for a window without
 * invocations. A change is relative, in percent of the previous value, from exact and not from rounded values; null where
 * the previous value is 0 or there is none.
 */
@RegisterForReflection
@Schema(name = "src__analytics__integrations__schemas__DashboardSummaryRow", title = "DashboardSummaryRow")
@JsonNaming(SnakeCaseStrategy.class)
public record SummaryRow(
        @Schema(
                nullable = true,
                title = "Current Invocations",
                description = "Number of invocations in this window, at least 0")
        Long currentInvocations,

        @Schema(
                nullable = true,
                title = "Previous Invocations",
                description = "Number of invocations in the previous window, at least 0")
        Long previousInvocations,

        @Schema(
                nullable = true,
                title = "Pct Change Invocations",
                description = "Change of the number of invocations in percent of its previous value, at"
                        + " least -100, with two decimals; null if the previous value is 0 or null")
        Double pctChangeInvocations,

        @Schema(
                nullable = true,
                title = "Current Failures",
                description = "Number of failed invocations in this window, at least 0")
        Long currentFailures,

        @Schema(
                nullable = true,
                title = "Previous Failures",
                description = "Number of failed invocations in the previous window, at least 0")
        Long previousFailures,

        @Schema(
                nullable = true,
                title = "Pct Change Failures",
                description = "Change of the number of failures in percent of its previous value, at least"
                        + " -100, with two decimals; null if the previous value is 0 or null")
        Double pctChangeFailures,

        @Schema(
                nullable = true,
                title = "Current Success Rate Pct",
                description = "Successful invocations of this window in percent of all, 0 to 100, with two"
                        + " decimals; null without invocations")
        Double currentSuccessRatePct,

        @Schema(
                nullable = true,
                title = "Previous Success Rate Pct",
                description = "Successful invocations of the previous window in percent of all, 0 to 100,"
                        + " with two decimals; null without invocations")
        Double previousSuccessRatePct,

        @Schema(
                nullable = true,
                title = "Pct Change Success Rate Pct",
                description = "Change of the success rate in percent of its previous value, at least -100,"
                        + " with two decimals; null if the previous value is 0 or null")
        Double pctChangeSuccessRatePct,

        @Schema(
                nullable = true,
                title = "Current Avg Latency Ms",
                description = "Average latency in this window in milliseconds, at least 0, with two"
                        + " decimals; null without invocations")
        Double currentAvgLatencyMs,

        @Schema(
                nullable = true,
                title = "Previous Avg Latency Ms",
                description = "Average latency in the previous window in milliseconds, at least 0, with two"
                        + " decimals; null without invocations")
        Double previousAvgLatencyMs,

        @Schema(
                nullable = true,
                title = "Pct Change Avg Latency Ms",
                description = "Change of the average latency in percent of its previous value, at least"
                        + " -100, with two decimals; null if the previous value is 0 or null")
        Double pctChangeAvgLatencyMs,

        @Schema(
                nullable = true,
                title = "Current P95 Latency Ms",
                description = "95th percentile of the latency in this window in milliseconds, at least 0:"
                        + " exact, by nearest rank; null without invocations")
        Double currentP95LatencyMs,

        @Schema(
                nullable = true,
                title = "Previous P95 Latency Ms",
                description = "95th percentile of the latency in the previous window in milliseconds, at"
                        + " least 0: exact, by nearest rank; null without invocations")
        Double previousP95LatencyMs,

        @Schema(
                nullable = true,
                title = "Pct Change P95 Latency Ms",
                description = "Change of the 95th percentile of the latency in percent of its previous"
                        + " value, at least -100, with two decimals; null if the previous value is 0 or" + " null")
        Double pctChangeP95LatencyMs) {

    public static final Panel<SummaryRow> PANEL =
            new Panel<>(Cut.PERIOD, SummaryRow.class, _ -> Cut.PERIOD, SummaryRow::of);

    /** One row, or none where neither window has an invocation. */
    private static List<SummaryRow> of(Tallies tallies) {
        Tally current = tallies.current();
        Tally previous = tallies.previous();
        return current.invocations() + previous.invocations() == 0 ? List.of() : List.of(of(current, previous));
    }

    private static SummaryRow of(Tally current, Tally previous) {
        long now = current.invocations();
        long before = previous.invocations();
        return new SummaryRow(
                now,
                before,
                change(now, 1, before, 1),
                current.failures(),
                previous.failures(),
                change(current.failures(), 1, previous.failures(), 1),
                now == 0 ? null : current.successRate(),
                before == 0 ? null : previous.successRate(),
                change(current.successful(), now, previous.successful(), before),
                now == 0 ? null : current.averageLatency(),
                before == 0 ? null : previous.averageLatency(),
                change(current.latencySum(), now, previous.latencySum(), before),
                now == 0 ? null : (double) current.p95(),
                before == 0 ? null : (double) previous.p95(),
                now == 0 ? null : change(current.p95(), 1, previous.p95(), 1));
    }

    /** From the fraction {@code previous / before} to {@code current / now}. */
    private static Double change(long current, long now, long previous, long before) {
        if (now == 0 || before == 0 || previous == 0) {
            return null;
        }
        BigDecimal from = BigDecimal.valueOf(previous).multiply(BigDecimal.valueOf(now));
        BigDecimal to = BigDecimal.valueOf(current).multiply(BigDecimal.valueOf(before));
        return to.subtract(from)
                .movePointRight(2)
                .divide(from, 2, RoundingMode.HALF_UP)
                .doubleValue();
    }
}
