package dev.quarry.metrics.retention;

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

/** The window of first uses, and the definition of a return. */
@RegisterForReflection
record RetentionParameters(
        PeriodParameters dates,

        @Parameter(
                name = "days",
                description =
                        "Number of days, or of weeks or months if `unit` says so, from the first use to the return",
                minimum = 1,
                maximum = 90,
                defaultValue = "7",
                example = "7")
        int days,

        @Parameter(
                name = "mode",
                description = "Active on exactly that day (or in that week or month), or at any time from then on",
                defaultValue = "exactly",
                example = "exactly")
        RetentionMode mode,

        @Parameter(
                name = "unit",
                description =
                        "Length of the cohorts' periods and of the periods of return; `compare` compares weeks and months"
                                + " with whole ones",
                values = {"day", "week", "month"},
                defaultValue = "day",
                example = "day")
        Granularity unit,

        WeekStartParameter weekStart,
        SliceParameters sliced,
        CompareParameter comparison) {

    RetentionParameters {
        weekStart = new WeekStartParameter(new Unit(unit, weekStart.weekStart()).weekStart());
    }

    Unit cohortUnit() {
        return new Unit(unit, weekStart.weekStart());
    }

    Slice slice() {
        return sliced.slice();
    }

    Period period() {
        return dates.period();
    }
}
