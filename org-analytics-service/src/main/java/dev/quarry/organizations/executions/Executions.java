package dev.quarry.organizations.executions;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Numbers of executions, in all and by outcome. */
@Schema(name = "ExecutionMetrics")
public record Executions(
        @Schema(required = true) long total,
        @Schema(required = true) long success,
        @Schema(required = true) long failed,

        @Schema(
                required = true,
                minimum = "0",
                maximum = "100",
                description = "success / total in percent, two decimals, half up; 0 where there were no executions")
        @JsonProperty("success_rate")
        double successRate) {

    static final Executions NONE = of(0, 0);

    public static Executions of(long success, long failed) {
        long total = success + failed;
        return new Executions(total, success, failed, percentage(success, total));
    }

    Executions plus(Executions other) {
        return of(success + other.success, failed + other.failed);
    }

    private static double percentage(long part, long whole) {
        return whole == 0
                ? 0
                : BigDecimal.valueOf(part)
                        .movePointRight(2)
                        .divide(BigDecimal.valueOf(whole), 2, RoundingMode.HALF_UP)
                        .doubleValue();
    }
}
