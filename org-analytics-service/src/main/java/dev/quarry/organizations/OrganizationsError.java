package dev.quarry.organizations;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
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
@JsonNaming(SnakeCaseStrategy.class)
public record OrganizationsError(
        @Schema(required = true, description = "Name of the failure in capitals, for programs")
        String error,

        @Schema(required = true, description = "What went wrong")
        String message,

        @Schema(
                required = true,
                description = "`required_permission` with 403; `resource_type` and `resource_id` with 404; else empty")
        Map<String, String> details,

        @Schema(
                required = true,
                description = "Time of the failure, UTC to the microsecond, without a zone letter",
                pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{6}$")
        String timestamp,

        @Schema(required = true, minimum = "400", maximum = "599", description = "HTTP status, 400 to 599")
        int statusCode) {}
