package dev.quarry.metrics;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * MCPeek's error.
 *
 * @param error the status's reason phrase
 * @param retryAfter seconds, at least 1; only on 429
 */
@RegisterForReflection
@Schema(name = "ErrorResponse")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MetricsError(
        @Schema(required = true) int statusCode,
        @Schema(required = true) String error,
        @Schema(required = true) String message,
        Long retryAfter) {}
