package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PlaceholdersTest {
    private final Placeholders placeholders =
            Placeholders.of("quarry", new Retention(400, 30, 90), AcceptedTimes.standard());

    @Test
    void fillsEveryPlaceholderIn() {
        Script script = Script.of(
                "R__x.sql",
                "`${database}` ${retention_days} ${log_retention_days} ${error_retention_days} $1 {x:Date}");
        assertEquals("`quarry` 400 30 90 $1 {x:Date}", placeholders.fill(script));
    }

    @Test
    void refusesAnUnknownOne() {
        Script script = Script.of("V001__x.sql", "${databse}");
        MigrationException failure = assertThrows(MigrationException.class, () -> placeholders.fill(script));
        assertEquals("Migration V001__x.sql uses the unknown placeholder ${databse}.", failure.getMessage());
    }
}
