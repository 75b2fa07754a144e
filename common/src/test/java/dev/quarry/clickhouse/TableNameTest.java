package dev.quarry.clickhouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableNameTest {
    @Test
    void acceptsATableOrAColumn() {
        assertEquals("app_vital_bins2", new TableName("app_vital_bins2").name());
        assertEquals("country_users", new ColumnName("country_users").name());
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
        assertThrows(IllegalArgumentException.class, () -> new TableName(name));
        assertThrows(IllegalArgumentException.class, () -> new ColumnName(name));
    }
}
