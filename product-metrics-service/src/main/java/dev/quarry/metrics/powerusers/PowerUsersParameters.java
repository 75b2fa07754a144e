package dev.quarry.metrics.powerusers;

import dev.quarry.metrics.Period;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The window, and the minimum number of tool calls of a power user. */
@RegisterForReflection
record PowerUsersParameters(
        PeriodParameters dates,

        @Parameter(
                name = "threshold",
                description = "Number of tool calls in the window that makes a power user",
                minimum = 1,
                maximum = 1_000_000,
                defaultValue = "10",
                example = "10")
        int threshold) {

    Period period() {
        return dates.period();
    }
}
