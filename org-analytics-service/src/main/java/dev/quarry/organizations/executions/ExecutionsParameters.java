package dev.quarry.organizations.executions;

import dev.quarry.error.FailureException;
import dev.quarry.organizations.WorkspacePath;
import dev.quarry.parameters.Parameter;
import dev.quarry.parameters.Parameters;
import dev.quarry.time.Granularity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Optional;

/**
 * A workspace, and the last hours or days whose executions count. Requests of the same hour or day have equal
 * parameters.
 */
@RegisterForReflection
record ExecutionsParameters(
        WorkspacePath path,

        @Parameter(
                name = "hours",
                description = "Extension: count only the last so many hours, the current one included",
                minimum = 1,
                maximum = ExecutionPeriod.MOST_HOURS,
                example = "24")
        Optional<Integer> hours,

        @Parameter(
                name = "days",
                description = "Extension: count only the last so many days, today included; not together with `hours`",
                minimum = 1,
                maximum = ExecutionPeriod.MOST_DAYS)
        Optional<Integer> days,

        PeriodOptions options,
        Instant now) {

    ExecutionsParameters {
        if (hours.isPresent() && days.isPresent()) {
            throw invalid(
                    "hours", "hours and days exclude each other", hours.get().toString());
        }
        if (hours.isEmpty() && days.isEmpty() && options.isCompared()) {
            throw invalid(
                    "include",
                    "previous needs hours or days: nothing came before all time",
                    options.include().get());
        }
        now = (hours.isPresent() ? Granularity.HOUR : Granularity.DAY).bucketOf(now, options.zone());
    }

    /** Empty if the request has neither hours nor days: then all executions that are kept count. */
    Optional<ExecutionPeriod> period() {
        return hours.map(count -> ExecutionPeriod.last(count, Granularity.HOUR, options, now))
                .or(() -> days.map(count -> ExecutionPeriod.last(count, Granularity.DAY, options, now)));
    }

    /** Pydantic reports the error of a custom validator with this prefix. */
    private static FailureException invalid(String name, String message, String input) {
        return Parameters.invalid(name, "Value error, " + message, input);
    }
}
