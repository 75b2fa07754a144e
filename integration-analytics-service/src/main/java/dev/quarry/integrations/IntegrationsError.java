package dev.quarry.integrations;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Feather's error.
 *
 * @param error a short name for programs
 */
@RegisterForReflection
@Schema(name = "ErrorResponse")
public record IntegrationsError(
        @Schema(required = true) String error,
        @Schema(required = true) String message) {}
