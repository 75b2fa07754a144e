package dev.quarry.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeTest {
    @ParameterizedTest
    @CsvSource({
        "150, 100, 50.0",
        "100, 150, -33.33",
        "0, 7, -100.0",
        "7, 7, 0.0",
        "801, 800, 0.13",
        "799, 800, -0.13",
        "9007199254740993, 9007199254740992, 0.0",
    })
    void isInPercentOfTheEarlierCount(long current, long earlier, double change) {
        assertEquals(change, Change.percent(current, earlier));
    }

    @ParameterizedTest
    @CsvSource({"16.54, 24.7, -33.04", "0.3, 0.1, 200.0", "0.3, 0.2, 50.0"})
    void isExactForDecimals(double current, double earlier, double change) {
        assertEquals(change, Change.percent(current, earlier));
    }

    @Test
    void isNullWithoutBothValuesOrFromZero() {
        assertNull(Change.percent(5, 0));
        assertNull(Change.percent(0, 0L));
        assertNull(Change.percent(5, 0.0));
        assertNull(Change.percent(5, null));
        assertNull(Change.percent(null, 5));
    }
}
