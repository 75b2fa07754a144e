package dev.quarry.metrics.newusers;

import dev.quarry.metrics.Period;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.parameters.Parameter;
import dev.quarry.time.Granularity;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The window, and the length of its periods. */
@RegisterForReflection
record NewUsersParameters(
        PeriodParameters dates,

        @Parameter(
                name = "granularity",
                description = "Length of a period; weeks begin on Monday",
                values = {"day", "week", "month"},
                defaultValue = "day",
                example = "week")
        Granularity granularity) {

    Period period() {
        return dates.period();
    }
}
