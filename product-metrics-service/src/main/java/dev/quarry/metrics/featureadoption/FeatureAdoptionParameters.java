package dev.quarry.metrics.featureadoption;

import dev.quarry.groups.GroupLimit;
import dev.quarry.metrics.Dates;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.TimeZone;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** The window, and the maximum number of features. */
@RegisterForReflection
record FeatureAdoptionParameters(Dates dates, GroupLimit limit, TimeZone timeZone, Instant now) {

    Period period() {
        return Period.of(dates, limit.groups(), timeZone.zone(), now);
    }
}
