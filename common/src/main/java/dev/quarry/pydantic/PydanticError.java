package dev.quarry.pydantic;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The validation error of FastAPI with Pydantic 2, with all of its fields. */
@RegisterForReflection
@Schema(name = "HTTPValidationError", title = "HTTPValidationError")
public record PydanticError(
        @Schema(title = "Detail", description = "All violations")
        List<Detail> detail) {

    /**
     * One violation.
     *
     * @param loc {@code query} or {@code path}, then the parameter's name
     * @param input what came in; null where nothing did
     * @param ctx the bounds that it broke; absent where the type says all
     */
    @RegisterForReflection
    @Schema(name = "ValidationError", title = "ValidationError")
    public record Detail(
            @Schema(
                    required = true,
                    title = "Location",
                    description = "`query` or `path`, then the name of the parameter")
            List<Object> loc,

            @Schema(required = true, title = "Message", description = "What is wrong, for people")
            String msg,

            @Schema(
                    required = true,
                    title = "Error Type",
                    description = "Kind of the violation, for programs, such as `missing` or `int_parsing`")
            String type,

            @Schema(title = "Input", description = "The text that was sent; null if there was none")
            Object input,

            @Schema(title = "Context", description = "The bounds of the parameter; absent if it has none")
            @JsonInclude(JsonInclude.Include.NON_EMPTY)
            Map<String, Object> ctx) {}

    public static PydanticError of(List<Violation> violations) {
        return new PydanticError(violations.stream()
                .map(violation -> new Detail(
                        violation.loc(), violation.msg(), violation.type(), violation.input(), violation.ctx()))
                .toList());
    }
}
