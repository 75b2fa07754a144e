package dev.quarry.metrics;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.error.Violation;
import dev.quarry.http.Parameter;
import dev.quarry.http.Parameters;
import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.Window;
import dev.quarry.time.Zones;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * What {@code from}, {@code to}, {@code limit} and {@code tz} say of a request for daily values.
 *
 * @param from first day, inclusive; 29 days before {@code to} unless given
 * @param to last day, inclusive; today in the zone unless given
 * @param limit how many of the newest periods the answer keeps, 1..1000, 90 unless given
 * @param zone where days begin; UTC unless given
 */
public record PeriodParameters(LocalDate from, LocalDate to, int limit, ZoneId zone) {
    private static final int DEFAULT_DAYS = 30;
    private static final int DEFAULT_LIMIT = 90;
    private static final int MAX_LIMIT = 1_000;
    private static final LocalDate EARLIEST = LocalDate.of(1970, 1, 1);
    private static final LocalDate LATEST = LocalDate.of(2099, 12, 31);

    /** Reads and checks them; {@link Failure.Invalid} names all that is wrong at once. */
    public static PeriodParameters of(UriInfo uri, Clock clock) {
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        Parameter<LocalDate> from =
                parameters.query("from").date(EARLIEST, LATEST).orElse(null);
        Parameter<LocalDate> to = parameters.query("to").date(EARLIEST, LATEST).orElse(null);
        Parameter<Integer> limit =
                parameters.query("limit").integer(1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
        Parameter<ZoneId> zone = parameters.query("tz").zone().orElse(Zones.UTC);
        parameters.check();
        return of(from.value(), to.value(), limit.value(), zone.value(), clock);
    }

    private static PeriodParameters of(LocalDate from, LocalDate to, int limit, ZoneId zone, Clock clock) {
        LocalDate last = to == null ? LocalDate.ofInstant(clock.instant(), zone) : to;
        LocalDate first = from == null ? last.minusDays(DEFAULT_DAYS - 1) : from;
        if (first.isAfter(last)) {
            throw new FailureException(new Failure.Invalid(List.of(new Violation(
                    List.of("query", "from"),
                    "Input should not be after 'to'",
                    "value_error",
                    first.toString(),
                    Map.of()))));
        }
        return new PeriodParameters(first, last, limit, zone);
    }

    /** What has to be read: the newest {@link #limit} of the days asked for. */
    public Window window() {
        LocalDate firstKept = to.minusDays(limit - 1L);
        LocalDate first = from.isBefore(firstKept) ? firstKept : from;
        return Window.ofDays(first, to, zone, limit);
    }

    /** The days of {@link #window}. */
    Spine<LocalDate> periods() {
        return window().dates(Granularity.DAY, limit);
    }
}
