package dev.quarry.integrations;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Feather's error.
 *
 * @param error a short name for programs
 */
@RegisterForReflection
@Schema(name = "ErrorResponse", title = "ErrorResponse")
public record IntegrationsError(
        @Schema(
                required = true,
                title = "Error",
                description = "Kind of the error, for programs, such as `bad_request` or `unauthorized`")
        String error,

        @Schema(required = true, title = "Message", description = "What went wrong, for people")
        String message) {}
