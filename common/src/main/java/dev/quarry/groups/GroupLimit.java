package dev.quarry.groups;

import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The parameter {@code limit} of an endpoint that lists {@link Groups}. */
@RegisterForReflection
public record GroupLimit(
        @Parameter(
                name = "limit",
                description =
                        "Maximum number of groups in a list, the largest first. Shares and totals are of all groups",
                minimum = 1,
                maximum = Groups.MOST,
                defaultValue = "" + Groups.MOST,
                example = "10")
        int groups) {}
