package dev.quarry.apps.analytics;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.parameters.Parameter;
import dev.quarry.parameters.Parameters;
import dev.quarry.time.DateTime;
import dev.quarry.time.Window;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The parameters {@code hours}, {@code start} and {@code end}. */
@RegisterForReflection
record OverviewBounds(
        @Parameter(
                name = "hours",
                title = "Hours",
                description = "Lookback window in hours",
                minimum = 1,
                maximum = OverviewBounds.MOST_HOURS,
                documentedDefault = "24",
                example = "168")
        Optional<Integer> hours,

        @Parameter(
                name = "start",
                description =
                        "Extension, instead of `hours`: first moment of the window, inclusive; 24 hours before `end` unless"
                                + " given. In ISO 8601; a time without an offset from UTC is one of `tz`. From"
                                + " 1970-01-01 on",
                example = "2026-02-20T12:00:00Z")
        Optional<DateTime> start,

        @Parameter(
                name = "end",
                description =
                        "Extension, instead of `hours`: end of the window, exclusive; now unless given. At most 720 hours"
                                + " after `start`. Until 2100-01-01",
                example = "2026-02-20T18:00:00Z")
        Optional<DateTime> end) {

    static final int MOST_HOURS = 720;

    private static final int DEFAULT_HOURS = 24;
    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

    /** Refuses {@code hours} beside the others. */
    OverviewBounds {
        if (hours.isPresent() && (start.isPresent() || end.isPresent())) {
            throw Parameters.invalid(
                    "hours",
                    "Input should not be sent together with 'start' or 'end'",
                    hours.get().toString());
        }
    }

    /** Whether the window is not a number of hours up to now. */
    boolean areAbsolute() {
        return start.isPresent() || end.isPresent();
    }

    /**
     * The window, to the millisecond.
     *
     * @throws FailureException with {@link Failure.Invalid} if it is empty, too long, or outside the years 1970 to 2099
     */
    OverviewWindow window(ZoneId zone, Instant now) {
        if (!areAbsolute()) {
            return OverviewWindow.last(hours.orElse(DEFAULT_HOURS), zone, now);
        }
        Instant until = millisecond(end.map(sent -> sent.in(zone)).orElse(now));
        Instant from = millisecond(
                start.map(sent -> sent.in(zone)).orElseGet(() -> until.minus(Duration.ofHours(DEFAULT_HOURS))));
        if (from.isBefore(EARLIEST)) {
            throw refused("start", "Input should be " + EARLIEST + " or later", from);
        }
        if (until.isAfter(LATEST)) {
            throw refused("end", "Input should be " + LATEST + " or earlier", until);
        }
        if (!from.isBefore(until)) {
            throw refused("start", "Input should be before 'end'", from);
        }
        if (Duration.between(from, until).compareTo(Duration.ofHours(MOST_HOURS)) > 0) {
            throw refused("start", "Input should be at most " + MOST_HOURS + " hours before 'end'", from);
        }
        return OverviewWindow.of(new Window(from, until, zone));
    }

    private static FailureException refused(String parameter, String message, Instant moment) {
        return Parameters.invalid(parameter, message, moment.toString());
    }

    private static Instant millisecond(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MILLIS);
    }
}
