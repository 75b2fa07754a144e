package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlNamesTest {
    @Test
    void acceptsATableName() {
        assertEquals("app_vital_bins2", SqlNames.require("app_vital_bins2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2events",
                "_events",
                "Events",
                "quarry.events",
                "events e",
                "events;",
                "events\n",
                "`events`"
            })
    void refusesAnythingElse(String name) {
        assertThrows(IllegalArgumentException.class, () -> SqlNames.require(name));
    }
}
