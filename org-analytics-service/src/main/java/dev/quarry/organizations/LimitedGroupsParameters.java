package dev.quarry.organizations;

import dev.quarry.groups.GroupLimit;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** A workspace, and the maximum number of groups in each list of its answer. */
@RegisterForReflection
public record LimitedGroupsParameters(WorkspacePath path, GroupLimit limit) {}
