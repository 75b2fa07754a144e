package dev.quarry.integrations;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The parameters of a panel with a row for each bucket. */
@RegisterForReflection
public record SeriesParameters(PanelParameters panel, PanelComparison comparison) {}
