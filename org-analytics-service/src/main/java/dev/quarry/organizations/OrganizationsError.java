package dev.quarry.organizations;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * MechaMental's error.
 *
 * @param error a name in capitals, for programs
 * @param timestamp UTC to the microsecond, without a zone letter
 */
@RegisterForReflection
@Schema(name = "ErrorResponse")
public record OrganizationsError(
        @Schema(required = true) String error,
        @Schema(required = true) String message,
        @Schema(required = true) Map<String, String> details,
        @Schema(required = true) String timestamp,

        @Schema(required = true) @JsonProperty("status_code")
        int statusCode) {}
