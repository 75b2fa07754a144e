package dev.quarry.apps;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Mixpeek's error. */
@RegisterForReflection
@Schema(name = "ErrorResponse", title = "ErrorResponse", description = "Error response model.")
public record AppsError(
        @Schema(title = "Success", description = "Always false for error responses", defaultValue = "false")
        boolean success,

        @Schema(required = true, title = "Status", description = "HTTP status code for this error")
        int status,

        @Schema(required = true, description = "Error details payload")
        Detail error) {

    /**
     * The reason of a failure.
     *
     * @param type stable, for programs
     * @param code more specific than the type, where a program may need to distinguish cases
     * @param details such as the id of the missing resource
     */
    @RegisterForReflection
    @Schema(name = "ErrorDetail", title = "ErrorDetail", description = "Error detail model.")
    public record Detail(
            @Schema(required = true, title = "Message", description = "Human-readable error message")
            String message,

            @Schema(required = true, title = "Type", description = "Stable error type identifier (machine-readable)")
            String type,

            @Schema(nullable = true, title = "Code", description = """
                    Fine-grained error code for programmatic handling (e.g., namespace_name_taken, \
                    feature_extractor_not_found). Present only when consumers may need to branch on a specific error \
                    condition.""") @JsonInclude(Include.NON_NULL)
            String code,

            @Schema(
                    nullable = true,
                    title = "Details",
                    description = "Optional structured details to help debugging (validation errors, IDs, etc.)")
            @JsonInclude(Include.NON_NULL)
            Map<String, Object> details) {}
}
