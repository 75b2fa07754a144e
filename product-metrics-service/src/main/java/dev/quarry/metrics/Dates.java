package dev.quarry.metrics;

import dev.quarry.parameters.Parameter;
import dev.quarry.time.Granularity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;

/** The parameters {@code from} and {@code to}. */
@RegisterForReflection
public record Dates(
        @Parameter(
                name = "from",
                description = "First day, inclusive; 29 days before `to` unless given. From 1970-01-01 to 2099-12-31",
                earliest = Dates.EARLIEST,
                latest = Dates.LATEST,
                example = "2026-02-01")
        Optional<LocalDate> from,

        @Parameter(
                name = "to",
                description = "Last day, inclusive; today unless given. From 1970-01-01 to 2099-12-31",
                earliest = Dates.EARLIEST,
                latest = Dates.LATEST,
                example = "2026-02-21")
        Optional<LocalDate> to) {

    static final String EARLIEST = "1970-01-01";
    static final String LATEST = "2099-12-31";

    private static final int DEFAULT_DAYS = 30;

    /** Fills in the defaults: 30 days, up to today in the zone. */
    public Dates filledIn(Instant now, ZoneId zone) {
        LocalDate last = to.orElseGet(() -> Granularity.DAY.dateOf(now, zone));
        LocalDate first = from.orElseGet(() -> last.minusDays(DEFAULT_DAYS - 1));
        return new Dates(Optional.of(first), Optional.of(last));
    }
}
