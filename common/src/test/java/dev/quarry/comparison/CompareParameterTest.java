package dev.quarry.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.comparison.CompareParameter.Compared;
import dev.quarry.time.Window;
import dev.quarry.time.Zones;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CompareParameterTest {
    private static final LocalDate FROM = LocalDate.of(2024, 2, 29);
    private static final LocalDate TO = LocalDate.of(2024, 3, 2);
    private static final Window WINDOW = Window.ofDays(FROM, TO, Zones.UTC, 7);

    @Test
    void comparesWithTheDaysBefore() {
        var previous = new CompareParameter(Compared.PREVIOUS);
        assertTrue(previous.isRequested());
        assertEquals(LocalDate.of(2024, 2, 26), previous.firstEarlierDay(FROM, TO));
        assertEquals(
                Optional.of(Window.ofDays(LocalDate.of(2024, 2, 26), LocalDate.of(2024, 2, 28), Zones.UTC, 7)),
                previous.earlier(WINDOW));
    }

    @Test
    void comparesWithTheYearBefore() {
        var year = new CompareParameter(Compared.YEAR);
        assertTrue(year.isRequested());
        assertEquals(LocalDate.of(2023, 2, 28), year.firstEarlierDay(FROM, TO));
        assertEquals(
                Optional.of(Window.ofDays(LocalDate.of(2023, 2, 28), LocalDate.of(2023, 3, 2), Zones.UTC, 7)),
                year.earlier(WINDOW));
    }

    @Test
    void comparesWithNothingUnlessRequested() {
        var none = new CompareParameter(Compared.NONE);
        assertFalse(none.isRequested());
        assertEquals(Optional.empty(), none.earlier(WINDOW));
        assertThrows(IllegalStateException.class, () -> none.firstEarlierDay(FROM, TO));
    }
}
