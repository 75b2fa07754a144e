package dev.quarry.metrics;

import dev.quarry.comparison.CompareParameter;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The parameters of a series by day. */
@RegisterForReflection
public record SeriesParameters(PeriodParameters dates, SliceParameters sliced, CompareParameter comparison) {
    public Slice slice() {
        return sliced.slice();
    }
}
