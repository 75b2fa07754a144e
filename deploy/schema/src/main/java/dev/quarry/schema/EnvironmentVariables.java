package dev.quarry.schema;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/** Environment variables. Exceptions have a message for the operator. An empty variable counts as absent. */
record EnvironmentVariables(Map<String, String> values) {
    String required(String name) {
        return value(name).orElseThrow(() -> new MigrationException(name + " is not set."));
    }

    String text(String name, String fallback) {
        return value(name).orElse(fallback);
    }

    int wholeNumber(String name, int fallback, int minimum, int maximum, String unit) {
        Optional<String> value = value(name);
        if (value.isEmpty()) {
            return fallback;
        }
        String explanation = "%s must be a whole number of %s from %d to %d, but is \"%s\"."
                .formatted(name, unit, minimum, maximum, value.get());
        try {
            int number = Integer.parseInt(value.get());
            if (number < minimum || number > maximum) {
                throw new MigrationException(explanation);
            }
            return number;
        } catch (NumberFormatException notANumber) {
            throw new MigrationException(explanation, notANumber);
        }
    }

    LocalDate day(String name, LocalDate fallback, LocalDate minimum) {
        Optional<String> value = value(name);
        if (value.isEmpty()) {
            return fallback;
        }
        String explanation =
                "%s must be a day from %s on, as YYYY-MM-DD, but is \"%s\".".formatted(name, minimum, value.get());
        try {
            LocalDate day = LocalDate.parse(value.get());
            if (day.isBefore(minimum)) {
                throw new MigrationException(explanation);
            }
            return day;
        } catch (DateTimeParseException notADay) {
            throw new MigrationException(explanation, notADay);
        }
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
    }
}
