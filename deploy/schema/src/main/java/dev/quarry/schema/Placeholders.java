package dev.quarry.schema;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values for <code>${name}</code> in migrations. They are inserted into SQL without escaping, so they must be numbers, days
 * or identifiers.
 */
record Placeholders(Map<String, String> values) {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Za-z_]+)}");

    static Placeholders of(String database, Retention retention, AcceptedTimes acceptedTimes) {
        return new Placeholders(Map.of(
                        "database", database,
                        "earliest_day", acceptedTimes.earliest().toString(),
                        "hours_ahead", Integer.toString(acceptedTimes.hoursAhead()),
                        "retention_days", Integer.toString(retention.eventDays()),
                        "log_retention_days", Integer.toString(retention.logDays()),
                        "error_retention_days", Integer.toString(retention.errorDays())))
                .with(RetentionChange.NONE.placeholders());
    }

    /** {@return these placeholders and {@code others}, which replace placeholders of the same name} */
    Placeholders with(Map<String, String> others) {
        Map<String, String> all = new HashMap<>(values);
        all.putAll(others);
        return new Placeholders(all);
    }

    String fill(Script script) {
        return PLACEHOLDER
                .matcher(script.text())
                .replaceAll(match -> Matcher.quoteReplacement(value(match.group(1), script)));
    }

    private String value(String name, Script script) {
        String value = values.get(name);
        if (value == null) {
            throw new MigrationException(
                    "Migration %s uses the unknown placeholder ${%s}.".formatted(script.name(), name));
        }
        return value;
    }
}
