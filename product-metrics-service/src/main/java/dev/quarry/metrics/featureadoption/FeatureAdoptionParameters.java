package dev.quarry.metrics.featureadoption;

import dev.quarry.groups.GroupLimit;
import dev.quarry.metrics.Dates;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.TimeZone;
import dev.quarry.time.Granularity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** The window, and the maximum number of features. Requests for the same days have equal parameters. */
@RegisterForReflection
record FeatureAdoptionParameters(Dates dates, GroupLimit limit, TimeZone timeZone, Instant now) {

    FeatureAdoptionParameters {
        now = Granularity.DAY.bucketOf(now, timeZone.zone());
        dates = dates.filledIn(now, timeZone.zone());
    }

    Period period() {
        return Period.of(dates, limit.groups(), timeZone.zone());
    }
}
