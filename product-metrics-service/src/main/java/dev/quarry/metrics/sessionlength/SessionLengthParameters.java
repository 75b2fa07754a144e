package dev.quarry.metrics.sessionlength;

import dev.quarry.metrics.SeriesParameters;
import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The window, and what is told of the lengths. */
@RegisterForReflection
record SessionLengthParameters(
        SeriesParameters series,

        @Parameter(
                name = "statistic",
                description = "Average length of a day's sessions, or the median (`p50`) or 90th percentile (`p90`) of"
                        + " their lengths, by nearest rank",
                defaultValue = "average",
                example = "p90")
        Statistic statistic) {}
