package dev.quarry.metrics.newusers;

import dev.quarry.comparison.CompareParameter;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.Slice;
import dev.quarry.metrics.SliceParameters;
import dev.quarry.metrics.Unit;
import dev.quarry.metrics.WeekStartParameter;
import dev.quarry.parameters.Parameter;
import dev.quarry.time.Granularity;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The window, and the length of its periods. */
@RegisterForReflection
record NewUsersParameters(
        PeriodParameters dates,

        @Parameter(
                name = "granularity",
                description =
                        "Length of a period; weeks begin on Monday unless `week_start` says otherwise. `compare` compares"
                                + " weeks and months with whole ones",
                values = {"day", "week", "month"},
                defaultValue = "day",
                example = "week")
        Granularity granularity,

        WeekStartParameter weekStart,
        SliceParameters sliced,
        CompareParameter comparison) {

    NewUsersParameters {
        weekStart = new WeekStartParameter(new Unit(granularity, weekStart.weekStart()).weekStart());
    }

    Period period() {
        return dates.period();
    }

    Slice slice() {
        return sliced.slice();
    }

    Unit unit() {
        return new Unit(granularity, weekStart.weekStart());
    }
}
