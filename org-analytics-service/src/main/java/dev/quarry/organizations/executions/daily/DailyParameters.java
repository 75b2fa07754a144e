package dev.quarry.organizations.executions.daily;

import dev.quarry.comparison.CompareParameter;
import dev.quarry.organizations.WorkspacePath;
import dev.quarry.organizations.executions.ExecutionPeriod;
import dev.quarry.organizations.executions.PeriodOptions;
import dev.quarry.parameters.Parameter;
import dev.quarry.time.Granularity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** A workspace, and the last days up to now. Requests of the same day have equal parameters. */
@RegisterForReflection
record DailyParameters(
        WorkspacePath path,

        @Parameter(
                name = "days",
                title = "Days",
                description = "Number of days (max 90)",
                minimum = 1,
                maximum = ExecutionPeriod.MOST_DAYS,
                defaultValue = "30",
                example = "30")
        int days,

        PeriodOptions options,
        CompareParameter comparison,
        Instant now) {

    DailyParameters {
        now = Granularity.DAY.bucketOf(now, options.zone());
    }

    ExecutionPeriod period() {
        return ExecutionPeriod.last(days, Granularity.DAY, options, now);
    }
}
