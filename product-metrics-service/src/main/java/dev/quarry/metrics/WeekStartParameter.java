package dev.quarry.metrics;

import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The parameter {@code week_start}. */
@RegisterForReflection
public record WeekStartParameter(
        @Parameter(
                name = "week_start",
                description = "Day on which weeks begin; ignored unless weeks are asked for",
                defaultValue = "monday",
                example = "monday")
        WeekStart weekStart) {}
