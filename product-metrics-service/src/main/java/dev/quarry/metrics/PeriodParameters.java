package dev.quarry.metrics;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.error.Violation;
import dev.quarry.http.Parameter;
import dev.quarry.http.Parameters;
import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Window;
import dev.quarry.time.Zones;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code from}, {@code to}, {@code limit} and {@code tz} say.
 *
 * @param from first day, inclusive; 29 days before {@code to} unless given
 * @param to last day, inclusive; today in the zone unless given
 * @param limit maximum number of periods (the newest) or groups (the largest), 1..1000; default 90 periods or 1000
 *     groups
 * @param zone where days begin; UTC unless given
 */
public record PeriodParameters(LocalDate from, LocalDate to, int limit, ZoneId zone) {
    private static final int DEFAULT_DAYS = 30;
    private static final int DEFAULT_LIMIT = 90;
    private static final int MAX_LIMIT = 1_000;
    private static final int SECONDS_OF_QUARTER = 15 * 60;
    /** How many days before {@code from} its monthly value counts. */
    private static final int LONGEST_SPAN = 29;

    private static final LocalDate EARLIEST = LocalDate.of(1970, 1, 1);
    private static final LocalDate LATEST = LocalDate.of(2099, 12, 31);

    /** Reads and checks them alone; {@link Failure.Invalid} names all that is wrong at once. */
    public static PeriodParameters of(UriInfo uri, Clock clock) {
        return of(uri, clock, DEFAULT_LIMIT);
    }

    /** The same with another default of {@code limit}. */
    public static PeriodParameters of(UriInfo uri, Clock clock, int defaultLimit) {
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        Declaration declared = declare(parameters, defaultLimit);
        parameters.check();
        return declared.read(clock);
    }

    /** Declares them beside an endpoint's own parameters. */
    public static Declaration declare(Parameters parameters) {
        return declare(parameters, DEFAULT_LIMIT);
    }

    private static Declaration declare(Parameters parameters, int defaultLimit) {
        return new Declaration(
                parameters.query("from").date(EARLIEST, LATEST).orElse(null),
                parameters.query("to").date(EARLIEST, LATEST).orElse(null),
                parameters.query("limit").integer(1, MAX_LIMIT).orElse(defaultLimit),
                parameters.query("tz").zone().orElse(Zones.UTC));
    }

    /** The parameters while they are being checked one by one. */
    public record Declaration(
            Parameter<LocalDate> from, Parameter<LocalDate> to, Parameter<Integer> limit, Parameter<ZoneId> zone) {

        /** Once each is well, checks what they say together. */
        public PeriodParameters read(Clock clock) {
            LocalDate today = Granularity.DAY.dateOf(clock.instant(), zone.value());
            LocalDate last = to.value() == null ? today : to.value();
            LocalDate first = from.value() == null ? last.minusDays(DEFAULT_DAYS - 1) : from.value();
            if (first.isAfter(last)) {
                throw invalid("from", "Input should not be after 'to'", first.toString());
            }
            var asked = new PeriodParameters(first, last, limit.value(), zone.value());
            if (asked.isOfNoDay()) {
                throw invalid(
                        "tz",
                        "Input should be a timezone that had any of the days asked for",
                        zone.value().getId());
            }
            if (!asked.countsInQuarters()) {
                throw invalid(
                        "tz",
                        "Input should be a timezone whose days began at whole quarters of an hour, UTC, then",
                        zone.value().getId());
            }
            return asked;
        }

        private static FailureException invalid(String parameter, String message, String input) {
            return new FailureException(new Failure.Invalid(
                    List.of(new Violation(List.of("query", parameter), message, "value_error", input, Map.of()))));
        }
    }

    /** All of the days asked for, for answers that have no periods to keep the newest of. */
    public Window days() {
        return Window.ofDays(from, to, zone, Integer.MAX_VALUE);
    }

    /** Whether days begin where UTC's do, as gold's do. */
    public boolean isUtc() {
        return zone.getRules().isFixedOffset()
                && zone.getRules().getOffset(Instant.EPOCH).getTotalSeconds() == 0;
    }

    /** The requested days from {@code known} on; empty if there are none. */
    public Optional<PeriodParameters> within(WholeDays known) {
        return between(known.contain(from) ? from : known.first(), to);
    }

    /** The requested days up to {@code last}; empty if there are none. */
    public Optional<PeriodParameters> until(LocalDate last) {
        return between(from, last.isBefore(to) ? last : to);
    }

    private Optional<PeriodParameters> between(LocalDate first, LocalDate last) {
        return first.isAfter(last) ? Optional.empty() : Optional.of(new PeriodParameters(first, last, limit, zone));
    }

    /** What has to be read for daily values: the newest {@link #limit} of the days asked for. */
    public Window window() {
        return window(Granularity.DAY);
    }

    /** What has to be read: the newest {@link #limit} of the days, weeks or months, without days not asked for. */
    public Window window(Granularity granularity) {
        Window all = days();
        if (all.count(granularity) <= limit) {
            return all;
        }
        Instant start = all.end();
        for (int period = 0; period < limit; period++) {
            start = granularity.bucketOf(start.minusNanos(1), zone);
        }
        return new Window(start, all.end(), zone);
    }

    /** The periods of {@link #window(Granularity)}. */
    Spine<LocalDate> periods(Granularity granularity) {
        return window(granularity).dates(granularity, limit);
    }

    /** Whether the zone skipped all of these days: there is no 30 December 2011 in Apia. */
    private boolean isOfNoDay() {
        return from.atStartOfDay(zone).equals(to.plusDays(1).atStartOfDay(zone));
    }

    /**
     * Whether all days that an answer may read begin at whole quarters of an hour, the resolution of activity. In a few
     * zones they once did not (Monrovia until 1972, Kiritimati until 1979).
     */
    private boolean countsInQuarters() {
        ZoneRules rules = zone.getRules();
        Instant start = from.minusDays(LONGEST_SPAN).atStartOfDay(zone).toInstant();
        if (!isInQuarters(start)) {
            return false;
        }
        for (ZoneOffsetTransition change = rules.nextTransition(start);
                change != null && change.getInstant().isBefore(days().end());
                change = rules.nextTransition(change.getInstant())) {
            LocalDate day = change.getDateTimeAfter().toLocalDate();
            if (!isInQuarters(day.atStartOfDay(zone).toInstant())
                    || !isInQuarters(day.plusDays(1).atStartOfDay(zone).toInstant())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isInQuarters(Instant start) {
        return start.getEpochSecond() % SECONDS_OF_QUARTER == 0;
    }
}
