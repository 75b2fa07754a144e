package dev.quarry.apps;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Mixpeek's validation error: lists all violations, in Pydantic's format. */
@RegisterForReflection
@Schema(name = "HTTPValidationError")
public record AppsValidationError(List<Detail> detail) {

    /**
     * One violation.
     *
     * @param loc {@code query} or {@code path}, then the parameter's name
     */
    @RegisterForReflection
    @Schema(name = "ValidationError")
    public record Detail(
            @Schema(required = true) List<Object> loc,
            @Schema(required = true) String msg,
            @Schema(required = true) String type) {}
}
