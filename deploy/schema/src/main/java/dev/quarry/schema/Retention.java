package dev.quarry.schema;

import java.util.Map;

/**
 * How many whole days bronze rows are kept, counted from the time in the row. {@code R__retention.sql} has the number for
 * each table.
 */
public record Retention(int eventDays, int logDays, int errorDays) {
    /** Fifty years, for samples that were recorded long ago. */
    public static final int LONGEST_DAYS = 18_250;

    public Retention {
        requireDays("event", eventDays);
        requireDays("log", logDays);
        requireDays("error", errorDays);
    }

    /** Events 400 days, logs 30, errors and web vitals 90. */
    public static Retention standard() {
        return new Retention(400, 30, 90);
    }

    /** The longest retention, for tests and samples with rows of any year. */
    public static Retention longest() {
        return new Retention(LONGEST_DAYS, LONGEST_DAYS, LONGEST_DAYS);
    }

    /** Reads {@code QUARRY_RETENTION_DAYS}, {@code QUARRY_LOG_RETENTION_DAYS}, {@code QUARRY_ERROR_RETENTION_DAYS}. */
    public static Retention from(Map<String, String> environment) {
        EnvironmentVariables variables = new EnvironmentVariables(environment);
        Retention standard = standard();
        return new Retention(
                variables.wholeNumber("QUARRY_RETENTION_DAYS", standard.eventDays, 1, LONGEST_DAYS, "days"),
                variables.wholeNumber("QUARRY_LOG_RETENTION_DAYS", standard.logDays, 1, LONGEST_DAYS, "days"),
                variables.wholeNumber("QUARRY_ERROR_RETENTION_DAYS", standard.errorDays, 1, LONGEST_DAYS, "days"));
    }

    private static void requireDays(String what, int days) {
        if (days < 1 || days > LONGEST_DAYS) {
            throw new MigrationException(
                    "The %s retention must be from 1 to %d days, but is %d.".formatted(what, LONGEST_DAYS, days));
        }
    }
}
