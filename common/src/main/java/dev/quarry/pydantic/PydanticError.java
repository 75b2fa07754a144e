package dev.quarry.pydantic;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.quarry.error.Violation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The validation error of FastAPI with Pydantic 2, with all of its fields. */
@RegisterForReflection
@Schema(name = "HTTPValidationError", title = "HTTPValidationError")
public record PydanticError(
        @Schema(title = "Detail", description = "All violations, in the order of the declared parameters")
        List<Detail> detail) {

    /**
     * One violation.
     *
     * @param loc {@code query} or {@code path}, then the parameter's name
     * @param input the text that was sent; null if none was
     * @param ctx the bounds that the text violates; absent if {@code type} says everything
     */
    @RegisterForReflection
    @Schema(name = "ValidationError", title = "ValidationError")
    public record Detail(
            @Schema(
                    required = true,
                    title = "Location",
                    description = "`query`, `path` or `header`, then the name of the parameter")
            List<Object> loc,

            @Schema(required = true, title = "Message", description = "What is wrong, for people")
            String msg,

            @Schema(required = true, title = "Error Type", description = "Kind of violation, for programs")
            String type,

            @Schema(title = "Input", description = "The text that was sent; null if none was")
            Object input,

            @Schema(
                    title = "Context",
                    description = "What the text violates, such as the bound `le`; absent if `type` says it all")
            @JsonInclude(JsonInclude.Include.NON_EMPTY)
            Map<String, Object> ctx) {}

    public static PydanticError of(List<Violation> violations) {
        return new PydanticError(violations.stream()
                .map(violation -> new Detail(
                        violation.loc(), violation.msg(), violation.type(), violation.input(), violation.ctx()))
                .toList());
    }
}
