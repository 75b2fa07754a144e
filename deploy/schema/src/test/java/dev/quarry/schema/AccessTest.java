package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.Client;
import dev.quarry.schema.AccessStatements.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The statements of {@code db/access} themselves. {@link UsersTest} uses what they grant. */
class AccessTest {
    private static final AccountPasswords ACCESS = new AccountPasswords("a".repeat(64), "b".repeat(64), "c".repeat(64));
    private static final Map<String, String> VARIABLES = Map.of(
            "QUARRY_CLICKHOUSE_READER_PASSWORD_SHA256", ACCESS.reader(),
            "QUARRY_CLICKHOUSE_REFINER_PASSWORD_SHA256", ACCESS.refiner(),
            "QUARRY_CLICKHOUSE_INGEST_PASSWORD_SHA256", ACCESS.ingest());

    @Test
    void theEngineUnderstandsEveryStatement() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        List<Table> tables = List.of(new Table("events", true), new Table("users", false));
        for (Optional<Cluster> cluster :
                List.of(Optional.<Cluster>empty(), Optional.of(new Cluster("c1", true).withShards(2)))) {
            for (String statement : new AccessStatements(ACCESS, "quarry", cluster).of(tables)) {
                Stores.query(settings, "EXPLAIN AST " + statement);
                assertEquals(cluster.isPresent(), statement.contains(" ON CLUSTER `c1`"), statement);
            }
        }
    }

    @Test
    void programsThatWriteWaitForTheQuorum() {
        for (int quorum : List.of(0, 1, 2)) {
            List<String> waiting = new AccessStatements(
                            ACCESS, "quarry", Optional.of(new Cluster("c1", true, quorum, 0)))
                    .of(List.of()).stream()
                            .filter(statement -> statement.contains("insert_quorum"))
                            .toList();
            assertEquals(quorum > 1 ? 2 : 0, waiting.size(), waiting.toString());
            for (String statement : waiting) {
                assertTrue(statement.matches("(?s)ALTER SETTINGS PROFILE quarry_(refiner|ingest) .*"), statement);
                assertTrue(statement.endsWith(",\n    insert_quorum = " + quorum), statement);
                Stores.query(Stores.fresh(Retention.standard()), "EXPLAIN AST " + statement);
            }
        }
    }

    @Test
    void everyTenantTableHasARowPolicyOnOneNodeAndOnACluster() {
        for (MigratorSettings settings : List.of(Stores.fresh(Retention.standard()), Stores.cluster("walls"))) {
            Migrator.migrate(settings);
            List<String> all = Stores.query(settings, """
                            SELECT DISTINCT table AS tenants FROM system.columns
                            WHERE database = '${database}' AND name = 'organization_id'
                              AND table NOT IN (
                                SELECT name FROM system.tables
                                WHERE database = '${database}' AND engine = 'MaterializedView')
                            ORDER BY tenants
                            """).stream()
                    .map(row -> row.getString("tenants"))
                    .toList();
            try (Client client = settings.clickHouse().open()) {
                List<Table> tables = ClickHouseMigrations.tenantTables(
                        new ClickHouseStatements(client), settings.clickHouse().database());
                assertEquals(all, tables.stream().map(Table::name).toList());
                List<String> bronze =
                        tables.stream().filter(Table::bronze).map(Table::name).toList();
                assertTrue(bronze.contains("events"), bronze.toString());
                assertFalse(bronze.contains("users"), bronze.toString());
            }
        }
    }

    @Test
    void eachUserGetsWhatItNeedsOfATable() {
        List<String> statements = new AccessStatements(ACCESS, "quarry", Optional.empty())
                .of(List.of(new Table("events", true), new Table("users", false)));
        assertTrue(statements.contains("GRANT INSERT ON `quarry`.events TO quarry_ingest"));
        assertTrue(statements.contains("GRANT INSERT ON `quarry`.users TO quarry_refiner"));
        assertEquals(
                2,
                statements.stream()
                        .filter(text -> text.startsWith("GRANT INSERT"))
                        .count());
        assertTrue(statements.stream()
                .anyMatch(text -> text.contains("ON `quarry`.users\n")
                        && text.contains("USING organization_id = getSetting('quarry_tenant')\n    TO quarry_reader")));
    }

    /** Where there are no users the migrator is told so, and says so without a hash. */
    @Test
    void aFailureContainsNoHash() {
        MigratorSettings fresh = Stores.fresh(Retention.standard());
        MigratorSettings settings = new MigratorSettings(
                fresh.clickHouse(),
                fresh.postgres(),
                fresh.retention(),
                fresh.acceptedTimes(),
                Optional.of(ACCESS),
                fresh.timeout());
        MigrationException failure = assertThrows(MigrationException.class, () -> Migrator.migrate(settings));
        assertEquals(
                "ClickHouse refused to set up its users, in a statement of db/access, with code 497.",
                failure.getMessage());
        assertFalse(settings.toString().contains(ACCESS.reader()), settings.toString());
    }

    @Test
    void allHashesAreGivenOrNone() {
        assertEquals(Optional.empty(), AccountPasswords.from(Map.of()));
        assertEquals(Optional.of(ACCESS), AccountPasswords.from(VARIABLES));
        MigrationException missing = assertThrows(
                MigrationException.class,
                () -> AccountPasswords.from(Map.of("QUARRY_CLICKHOUSE_READER_PASSWORD_SHA256", ACCESS.reader())));
        assertEquals("QUARRY_CLICKHOUSE_REFINER_PASSWORD_SHA256 is not set.", missing.getMessage());
    }

    @Test
    void aPasswordInsteadOfAHashIsRefused() {
        assertThrows(MigrationException.class, () -> new AccountPasswords("secret", "secret", "secret"));
        assertThrows(
                MigrationException.class,
                () -> new AccountPasswords("A".repeat(64), ACCESS.refiner(), ACCESS.ingest()));
    }
}
