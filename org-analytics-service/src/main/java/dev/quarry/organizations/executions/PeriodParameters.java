package dev.quarry.organizations.executions;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.error.Violation;
import dev.quarry.http.Parameter;
import dev.quarry.http.Parameters;
import dev.quarry.time.Granularity;
import dev.quarry.time.Zones;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters for the window of a request: {@code hours} or {@code days}, {@code tz} and {@code include=previous}.
 */
public final class PeriodParameters {
    private static final int MOST_HOURS = 168;
    private static final int MOST_DAYS = 90;

    private PeriodParameters() {}

    /** 24 hours by default. */
    public static Period hours(UriInfo uri, Clock clock) {
        Parameters parameters = Parameters.of(uri.getPathParameters(), uri.getQueryParameters());
        Parameter<Integer> hours =
                parameters.query("hours").integer(1, MOST_HOURS).orElse(24);
        return period(parameters, hours, Granularity.HOUR, clock);
    }

    /** 30 days by default. */
    public static Period days(UriInfo uri, Clock clock) {
        Parameters parameters = Parameters.of(uri.getPathParameters(), uri.getQueryParameters());
        Parameter<Integer> days = parameters.query("days").integer(1, MOST_DAYS).orElse(30);
        return period(parameters, days, Granularity.DAY, clock);
    }

    /**
     * Empty if the request has neither {@code hours} nor {@code days}. Then it asks for all time, and there is nothing
     * to compare with.
     */
    static Optional<Period> hoursOrDays(UriInfo uri, Clock clock) {
        Parameters parameters = Parameters.of(uri.getPathParameters(), uri.getQueryParameters());
        Parameter<Optional<Integer>> hours =
                parameters.query("hours").integer(1, MOST_HOURS).optional();
        Parameter<Optional<Integer>> days =
                parameters.query("days").integer(1, MOST_DAYS).optional();
        Parameter<ZoneId> zone = zone(parameters);
        Parameter<Boolean> compared = compared(parameters);
        parameters.check();
        if (hours.value().isPresent() && days.value().isPresent()) {
            throw invalid("hours", hours.value().get(), "hours and days exclude each other");
        }
        if (hours.value().isPresent()) {
            return Optional.of(
                    Period.last(hours.value().get(), Granularity.HOUR, zone.value(), clock, compared.value()));
        }
        if (days.value().isPresent()) {
            return Optional.of(Period.last(days.value().get(), Granularity.DAY, zone.value(), clock, compared.value()));
        }
        if (compared.value()) {
            throw invalid("include", "previous", "previous needs hours or days: nothing came before all time");
        }
        return Optional.empty();
    }

    private static Period period(
            Parameters parameters, Parameter<Integer> count, Granularity granularity, Clock clock) {
        Parameter<ZoneId> zone = zone(parameters);
        Parameter<Boolean> compared = compared(parameters);
        parameters.check();
        return Period.last(count.value(), granularity, zone.value(), clock, compared.value());
    }

    private static Parameter<ZoneId> zone(Parameters parameters) {
        return parameters.query("tz").zone().orElse(Zones.UTC);
    }

    private static Parameter<Boolean> compared(Parameters parameters) {
        return parameters
                .query("include")
                .literal("previous")
                .map("previous"::equals)
                .orElse(false);
    }

    /** Reports a failure as Pydantic reports one of a custom validator. */
    private static FailureException invalid(String name, Object input, String message) {
        return new FailureException(new Failure.Invalid(List.of(new Violation(
                List.of("query", name), "Value error, " + message, "value_error", input.toString(), Map.of()))));
    }
}
