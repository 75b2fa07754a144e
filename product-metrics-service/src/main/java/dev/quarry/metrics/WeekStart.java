package dev.quarry.metrics;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;

/** The day on which weeks begin. */
public enum WeekStart {
    MONDAY(DayOfWeek.MONDAY),
    SUNDAY(DayOfWeek.SUNDAY),
    SATURDAY(DayOfWeek.SATURDAY);

    private final DayOfWeek day;

    WeekStart(DayOfWeek day) {
        this.day = day;
    }

    /** The first day of the week that contains {@code date}. */
    LocalDate weekOf(LocalDate date) {
        return date.with(TemporalAdjusters.previousOrSame(day));
    }

    /** How many days before Monday these weeks begin. */
    int daysBeforeMonday() {
        return (DayOfWeek.MONDAY.getValue() - day.getValue() + 7) % 7;
    }
}
