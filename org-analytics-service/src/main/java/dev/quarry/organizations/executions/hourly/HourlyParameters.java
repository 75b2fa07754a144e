package dev.quarry.organizations.executions.hourly;

import dev.quarry.comparison.CompareParameter;
import dev.quarry.organizations.WorkspacePath;
import dev.quarry.organizations.executions.ExecutionPeriod;
import dev.quarry.organizations.executions.PeriodOptions;
import dev.quarry.parameters.Parameter;
import dev.quarry.time.Granularity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** A workspace, and the last hours up to now. Requests of the same hour have equal parameters. */
@RegisterForReflection
record HourlyParameters(
        WorkspacePath path,

        @Parameter(
                name = "hours",
                title = "Hours",
                description = "Number of hours (max 168 = 1 week)",
                minimum = 1,
                maximum = ExecutionPeriod.MOST_HOURS,
                defaultValue = "24",
                example = "24")
        int hours,

        PeriodOptions options,
        CompareParameter comparison,
        Instant now) {

    HourlyParameters {
        now = Granularity.HOUR.bucketOf(now, options.zone());
    }

    ExecutionPeriod period() {
        return ExecutionPeriod.last(hours, Granularity.HOUR, options, now);
    }
}
