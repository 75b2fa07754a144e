package dev.quarry.integrations;

import dev.quarry.groups.GroupLimit;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The parameters of a panel with a row for each group. */
@RegisterForReflection
public record GroupParameters(PanelParameters panel, PanelComparison comparison, GroupLimit limit) {}
