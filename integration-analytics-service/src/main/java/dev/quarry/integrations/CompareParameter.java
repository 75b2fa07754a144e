package dev.quarry.integrations;

import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** Whether rows come with their counterparts in the window before. */
@RegisterForReflection
record CompareParameter(
        @Parameter(
                name = CompareParameter.NAME,
                description =
                        "With `previous`, each row comes as `current` beside its `previous` counterpart in the window"
                                + " of equal length before. Buckets are paired by their place in the window, groups by name",
                values = {"none", CompareParameter.PREVIOUS},
                defaultValue = "none",
                example = "none")
        String compare) {
    static final String NAME = "compare";
    static final String PREVIOUS = "previous";

    boolean isRequested() {
        return compare.equals(PREVIOUS);
    }
}
