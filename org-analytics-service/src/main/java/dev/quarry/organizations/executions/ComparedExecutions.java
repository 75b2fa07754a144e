package dev.quarry.organizations.executions;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * {@link Executions}, with those of the period before if they were requested.
 *
 * @param previous null, and then absent, if they were not requested or are not all kept
 */
@Schema(name = "ExecutionMetricsResponse")
public record ComparedExecutions(
        @Schema(required = true) long total,
        @Schema(required = true) long success,
        @Schema(required = true) long failed,

        @Schema(required = true, minimum = "0", maximum = "100", description = "success / total in percent")
        @JsonProperty("success_rate")
        double successRate,

        @JsonInclude(JsonInclude.Include.NON_NULL) Executions previous) {

    static ComparedExecutions of(Executions executions, Executions previous) {
        return new ComparedExecutions(
                executions.total(), executions.success(), executions.failed(), executions.successRate(), previous);
    }
}
