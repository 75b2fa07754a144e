package dev.quarry.integrations.dashboard;

import dev.quarry.groups.GroupLimit;
import dev.quarry.integrations.PanelParameters;
import dev.quarry.integrations.SummaryComparison;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The parameters of the dashboard. The limit holds for each of its lists of groups. */
@RegisterForReflection
record DashboardParameters(PanelParameters panel, SummaryComparison comparison, GroupLimit limit) {}
