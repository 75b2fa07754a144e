package dev.quarry.apps;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Mixpeek's error. */
@RegisterForReflection
@Schema(name = "ErrorResponse")
public record AppsError(
        boolean success,
        @Schema(required = true) int status,
        @Schema(required = true) Detail error) {

    /**
     * The reason of a failure.
     *
     * @param type stable, for programs
     * @param code more specific than the type, where a program may need to distinguish cases
     * @param details such as the id of the missing resource
     */
    @RegisterForReflection
    @Schema(name = "ErrorDetail")
    public record Detail(
            @Schema(required = true) String message,
            @Schema(required = true) String type,

            @Schema(nullable = true) @JsonInclude(Include.NON_NULL)
            String code,

            @Schema(nullable = true) @JsonInclude(Include.NON_NULL)
            Map<String, Object> details) {}
}
