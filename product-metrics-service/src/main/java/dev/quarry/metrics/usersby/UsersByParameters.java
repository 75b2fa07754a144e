package dev.quarry.metrics.usersby;

import dev.quarry.groups.GroupLimit;
import dev.quarry.metrics.Dimension;
import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The property to group users by, and the maximum number of its values. */
@RegisterForReflection
record UsersByParameters(
        @Parameter(name = "dimension", description = "Property of users to group by", example = "locale")
        Dimension dimension,

        GroupLimit limit) {}
