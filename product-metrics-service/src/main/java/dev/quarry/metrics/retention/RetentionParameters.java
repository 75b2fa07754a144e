package dev.quarry.metrics.retention;

import dev.quarry.metrics.Period;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The window of first uses, and the definition of a return. */
@RegisterForReflection
record RetentionParameters(
        PeriodParameters dates,

        @Parameter(
                name = "days",
                description = "Number of days from the first use to the return",
                minimum = 1,
                maximum = 90,
                defaultValue = "7",
                example = "7")
        int days,

        @Parameter(
                name = "mode",
                description = "Active on exactly that day, or on any day from then on",
                defaultValue = "exactly",
                example = "exactly")
        RetentionMode mode) {

    Period period() {
        return dates.period();
    }
}
