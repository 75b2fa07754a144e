package dev.quarry.organizations.executions;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * {@link Executions}, beside those of the period before where they were asked for.
 *
 * @param previous null, and then absent, if they were not requested or are not all kept
 */
@Schema(name = "ExecutionMetricsResponse")
@JsonNaming(SnakeCaseStrategy.class)
public record ComparedExecutions(
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
        double successRate,

        @Schema(description = "As many hours or days before; only with `include=previous`, if all of them are kept")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Executions previous) {

    static ComparedExecutions of(Executions executions, Executions previous) {
        return new ComparedExecutions(
                executions.total(), executions.success(), executions.failed(), executions.successRate(), previous);
    }
}
