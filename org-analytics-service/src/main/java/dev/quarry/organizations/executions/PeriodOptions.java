package dev.quarry.organizations.executions;

import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.ZoneId;
import java.util.Optional;

/** The parameters {@code tz} and {@code include} of endpoints with a period. */
@RegisterForReflection
public record PeriodOptions(
        @Parameter(
                name = "tz",
                description = "Extension: the IANA time zone in which hours and days begin",
                defaultValue = "UTC",
                example = "Europe/Berlin")
        ZoneId zone,

        @Parameter(
                name = "include",
                description = "Extension: `previous` adds the numbers of as many hours or days before",
                values = PeriodOptions.PREVIOUS,
                example = PeriodOptions.PREVIOUS)
        Optional<String> include) {

    static final String PREVIOUS = "previous";

    /** Whether the answer includes the previous period. */
    boolean isCompared() {
        return include.isPresent();
    }
}
