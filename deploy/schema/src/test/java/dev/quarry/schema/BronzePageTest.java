package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BronzePageTest {
    private static final String RENEW = "quarry.renew";

    /** With {@code -Dquarry.renew=true} it writes the page instead of comparing it. */
    @Test
    void thePageMatchesTheSchema() throws IOException {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        Migrator.migrate(settings);
        String page = BronzePage.text();
        String renewed = BronzePage.renewed(page, settings);
        if (Boolean.getBoolean(RENEW)) {
            Files.writeString(BronzePage.FILE, renewed);
            return;
        }
        assertEquals(
                renewed,
                page,
                "run `./quarry test -pl deploy/schema -am -Dtest=BronzePageTest -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dquarry.renew=true` to renew deploy/schema/BRONZE.md");
    }

    @Test
    void thePageHasEveryBronzeTable() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        Migrator.migrate(settings);
        List<String> bronze = Stores.query(settings, """
                        SELECT name FROM system.tables
                        WHERE database = '${database}' AND startsWith(comment, 'Bronze') ORDER BY name
                        """).stream()
                .map(row -> row.getString("name"))
                .toList();
        assertEquals(8, bronze.size());
        assertEquals(bronze, List.copyOf(new TreeSet<>(BronzePage.tables(BronzePage.text()))));
    }

    @Test
    void aChangedCommentIsDetected() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        Migrator.migrate(settings);
        Stores.execute(
                settings,
                "ALTER TABLE `${database}`.events COMMENT COLUMN tool 'Another meaning. Range: some. Example: other'");
        String renewed = BronzePage.renewed(BronzePage.text(), settings);
        assertNotEquals(BronzePage.text(), renewed);
        assertTrue(renewed.contains("| some | `other` | Another meaning |"), renewed);
    }
}
