package dev.quarry.metrics.powerusers;

import dev.quarry.metrics.Dates;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.TimeZone;
import dev.quarry.parameters.Parameter;
import dev.quarry.time.Granularity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/**
 * The window, and the minimum number of tool calls of a power user. Requests for the same days have equal parameters.
 *
 * @param limit the published document has it, although the answer has no periods
 */
@RegisterForReflection
record PowerUsersParameters(
        Dates dates,

        @Parameter(
                name = "limit",
                description = "Has no effect: the answer has no periods, and counts all days of the window",
                minimum = 1,
                maximum = 1_000,
                defaultValue = "90",
                example = "90")
        int limit,

        TimeZone timeZone,

        @Parameter(
                name = "threshold",
                description = "Number of tool calls in the window that makes a power user",
                minimum = 1,
                maximum = 1_000_000,
                defaultValue = "10",
                example = "10")
        int threshold,

        Instant now) {

    PowerUsersParameters {
        now = Granularity.DAY.bucketOf(now, timeZone.zone());
        dates = dates.filledIn(now, timeZone.zone());
    }

    Period period() {
        return Period.of(dates, limit, timeZone.zone());
    }
}
