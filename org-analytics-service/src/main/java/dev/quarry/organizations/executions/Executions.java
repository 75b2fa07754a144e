package dev.quarry.organizations.executions;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.numbers.Quotient;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How many executions there were, and how they ended. */
@Schema(name = "ExecutionMetrics")
@JsonNaming(SnakeCaseStrategy.class)
public record Executions(
        @Schema(required = true, minimum = "0", description = "Number of executions, at least 0")
        long total,

        @Schema(required = true, minimum = "0", description = "Number of successful executions, at least 0")
        long success,

        @Schema(required = true, minimum = "0", description = "Number of failed executions, at least 0")
        long failed,

        @Schema(
                required = true,
                minimum = "0",
                maximum = "100",
                description = "`success` / `total` in percent, 0 to 100, two decimals, half up; 0 without executions")
        double successRate) {

    static final Executions NONE = of(0, 0);

    public static Executions of(long success, long failed) {
        long total = success + failed;
        return new Executions(total, success, failed, Quotient.percentage(success, total));
    }

    Executions plus(Executions other) {
        return of(success + other.success, failed + other.failed);
    }
}
