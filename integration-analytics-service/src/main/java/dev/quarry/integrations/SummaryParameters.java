package dev.quarry.integrations;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The parameters of the summary on its own. */
@RegisterForReflection
public record SummaryParameters(PanelParameters panel, SummaryComparison comparison) {}
