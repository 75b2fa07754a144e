package dev.quarry.metrics;

import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;

/**
 * Whether the answer also has groups.
 *
 * @param groups the default unless {@code by} is present
 */
@RegisterForReflection
public record Breakdown(
        @Parameter(
                name = "by",
                description =
                        "Also tell the numbers of each value of this dimension: the largest `groups`, and the rest",
                example = "country")
        Optional<Dimension> by,

        @Parameter(
                name = "groups",
                description = "Maximum number of groups, the largest; ignored without `by`",
                minimum = 1,
                maximum = 50,
                defaultValue = "10",
                example = "10")
        int groups) {

    private static final int DEFAULT_GROUPS = 10;

    public Breakdown {
        groups = by.isPresent() ? groups : DEFAULT_GROUPS;
    }
}
