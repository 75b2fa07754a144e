package dev.quarry.metrics;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * MCPeek's error.
 *
 * @param error reason phrase of the status
 * @param retryAfter seconds, at least 1; only with 429
 */
@RegisterForReflection
@Schema(name = "ErrorResponse")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MetricsError(
        @Schema(required = true, description = "HTTP status, 400 to 599")
        int statusCode,

        @Schema(required = true, description = "Reason phrase of the status")
        String error,

        @Schema(required = true, description = "What went wrong")
        String message,

        @Schema(description = "Seconds to wait before the next attempt, at least 1; only with status 429")
        Long retryAfter) {}
