package dev.quarry.metrics;

import dev.quarry.parameters.Parameter;
import dev.quarry.time.Granularity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/**
 * The parameters of every endpoint with a window. Requests for the same days have equal parameters.
 *
 * @param dates both present
 * @param now the start of the request's day
 */
@RegisterForReflection
public record PeriodParameters(
        Dates dates,

        @Parameter(
                name = "limit",
                description = "Maximum number of periods, the newest",
                minimum = 1,
                maximum = 1_000,
                defaultValue = "90",
                example = "90")
        int limit,

        TimeZone timeZone,
        Instant now) {

    public PeriodParameters {
        now = Granularity.DAY.bucketOf(now, timeZone.zone());
        dates = dates.filledIn(now, timeZone.zone());
    }

    public Period period() {
        return Period.of(dates, limit, timeZone.zone());
    }
}
