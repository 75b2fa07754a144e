package dev.quarry.apps;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Mixpeek's validation error: lists all violations, in Pydantic's format. */
@RegisterForReflection
@Schema(name = "HTTPValidationError", title = "HTTPValidationError")
public record AppsValidationError(
        @Schema(title = "Detail", description = "All violations, in the order of the declared parameters")
        List<Detail> detail) {

    /**
     * One violation.
     *
     * @param loc {@code query} or {@code path}, then the parameter's name
     */
    @RegisterForReflection
    @Schema(name = "ValidationError", title = "ValidationError")
    public record Detail(
            @Schema(required = true, title = "Location", description = "`query` or `path`, then the parameter's name")
            List<Object> loc,

            @Schema(required = true, title = "Message", description = "What is wrong, for people")
            String msg,

            @Schema(required = true, title = "Error Type", description = "Kind of violation, for programs")
            String type) {}
}
