package dev.quarry.metrics;

import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.ZoneId;

/** The parameter {@code tz}. */
@RegisterForReflection
public record TimeZone(
        @Parameter(
                name = "tz",
                description = "IANA time zone in which days begin",
                defaultValue = "UTC",
                example = "Europe/Berlin")
        ZoneId zone) {}
