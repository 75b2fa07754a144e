package dev.quarry.schema;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.Map;

/**
 * The times of events that bronze accepts. {@code R__accepted_times.sql} makes the engine refuse all others, so that a
 * producer notices a wrong unit or a wrong clock.
 *
 * @param earliest the first day, in UTC
 * @param hoursAhead how far a time may be ahead of the engine's clock
 */
public record AcceptedTimes(LocalDate earliest, int hoursAhead) {
    private static final LocalDate EPOCH = LocalDate.EPOCH;
    private static final int STANDARD_HOURS_AHEAD = 24;
    private static final int MOST_HOURS_AHEAD = 1_000_000;

    public AcceptedTimes {
        requireNonNull(earliest, "earliest is null");
        if (earliest.isBefore(EPOCH)) {
            throw new MigrationException(
                    "The earliest event day must not be before 1970-01-01, but is %s.".formatted(earliest));
        }
        if (hoursAhead < 0 || hoursAhead > MOST_HOURS_AHEAD) {
            throw new MigrationException(
                    "Events may be from 0 to %d hours ahead, but not %d.".formatted(MOST_HOURS_AHEAD, hoursAhead));
        }
    }

    /** From 2000 on, and at most a day ahead. */
    public static AcceptedTimes standard() {
        return new AcceptedTimes(LocalDate.of(2000, 1, 1), STANDARD_HOURS_AHEAD);
    }

    /** All times that the tables can store. For tests, whose clock is not the engine's. */
    public static AcceptedTimes widest() {
        return new AcceptedTimes(EPOCH, MOST_HOURS_AHEAD);
    }

    /** Reads {@code QUARRY_EARLIEST_EVENT_DAY} and {@code QUARRY_EVENT_HOURS_AHEAD}. */
    public static AcceptedTimes from(Map<String, String> environment) {
        EnvironmentVariables variables = new EnvironmentVariables(environment);
        AcceptedTimes standard = standard();
        return new AcceptedTimes(
                variables.day("QUARRY_EARLIEST_EVENT_DAY", standard.earliest, EPOCH),
                variables.wholeNumber("QUARRY_EVENT_HOURS_AHEAD", standard.hoursAhead, 0, MOST_HOURS_AHEAD, "hours"));
    }
}
