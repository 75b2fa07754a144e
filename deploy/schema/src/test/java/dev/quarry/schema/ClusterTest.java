package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every migration as a cluster gets it: read by the engine, tried by it as far as one without a Keeper can, and, with plain
 * tables in place of replicated ones, run on a cluster of two shards.
 */
class ClusterTest {
    private static final Cluster REPLICATED = new Cluster(Stores.CLUSTER, true);
    private static final String ON_CLUSTER = " ON CLUSTER `%s`".formatted(Stores.CLUSTER);
    private static final Pattern CREATES_TABLE = Pattern.compile("CREATE TABLE IF NOT EXISTS `quarry`\\.(\\w+) ");

    private static MigratorSettings settings;

    @BeforeAll
    static void migrate() {
        settings = Stores.cluster(Stores.SHARDED);
        Migrator.migrate(settings);
    }

    @Test
    void theEngineUnderstandsEveryStatement() {
        for (String statement : replicated()) {
            Stores.query(settings, "EXPLAIN AST " + statement);
        }
    }

    @Test
    void everythingIsCreatedOnAllNodes() {
        for (String statement : replicated()) {
            assertTrue(statement.lines().findFirst().orElseThrow().contains(ON_CLUSTER), statement);
        }
    }

    @Test
    void everyTableIsReplicatedAndHasADistributedTwin() {
        Map<String, String> tables = new TreeMap<>();
        for (String statement : replicated()) {
            var creates = CREATES_TABLE.matcher(statement);
            if (creates.lookingAt()) {
                tables.put(creates.group(1), statement);
            }
        }
        List<String> names = tables.keySet().stream()
                .filter(name -> !name.endsWith("_local"))
                .toList();
        assertEquals(tables.size(), 2 * names.size());
        for (String name : names) {
            assertTrue(
                    tables.get(name)
                            .endsWith("ENGINE = Distributed('%s', 'quarry', '%s_local', cityHash64(organization_id))"
                                    .formatted(Stores.CLUSTER, name)),
                    name);
            assertTrue(
                    tables.get(name + "_local")
                            .contains("MergeTree('/clickhouse/tables/{shard}/quarry/%s_local', '{replica}'"
                                    .formatted(name)),
                    name);
        }
    }

    /** The engine checks columns, keys, codecs, parameters and macros before it misses the Keeper. */
    @Test
    void aReplicatedTableNeedsOnlyAKeeper() {
        for (String statement : replicated()) {
            if (statement.contains("ENGINE = Replicated")) {
                String here = statement.replace(ON_CLUSTER, "").replace("`quarry`", "`${database}`");
                String name = statement.lines().findFirst().orElseThrow();
                String missing = here.replace("_local", "_missing");
                ClickHouseException failure =
                        assertThrows(ClickHouseException.class, () -> Stores.execute(settings, missing), name);
                assertTrue(failure.getMessage().contains("NO_ZOOKEEPER"), failure.getMessage());
            }
        }
    }

    @Test
    void theSecondRunFindsNothingToDo() {
        assertEquals(List.of(), Migrator.migrate(settings).applied());
    }

    @Test
    void rowsOfAnOrganisationAndTheirMarksAreOnOneShard() {
        Stores.execute(settings, """
                INSERT INTO `${database}`.events (organization_id, event_id, time, user_id, kind)
                SELECT 'tenant' || toString(number % 20), generateUUIDv4(), '2026-03-01 10:00:00', 'anna', 'tool_call'
                FROM numbers(200)
                SETTINGS distributed_foreground_insert = 1
                """);
        for (String table : List.of("events", "event_marks")) {
            assertEquals("(20,20,2)", answer("""
                            SELECT toString((
                                uniqExact(organization_id),
                                uniqExact(organization_id, shard),
                                uniqExact(shard))) AS answer
                            FROM (
                                SELECT organization_id, shardNum() AS shard FROM `${database}`.%s FINAL
                                WHERE startsWith(organization_id, 'tenant'))
                            """.formatted(table)), table);
        }
        assertEquals("10", answer("""
                        SELECT toString(count()) AS answer FROM `${database}`.events WHERE organization_id = 'tenant7'
                        SETTINGS optimize_skip_unused_shards = 1, force_optimize_skip_unused_shards = 1
                        """));
    }

    @Test
    void aDroppedTableCanBeCreatedAgainAndColumnsReachBothTables() {
        String create = """
                CREATE TABLE IF NOT EXISTS `%s`.visits
                (
                    organization_id String
                )
                ENGINE = MergeTree
                ORDER BY organization_id""";
        String database = settings.clickHouse().database();
        ClusterDdl form = new ClusterDdl(new Cluster(Stores.CLUSTER, false), database);
        Stream.of(
                        create,
                        "ALTER TABLE `%s`.visits ADD COLUMN IF NOT EXISTS day Date",
                        "ALTER TABLE `%s`.visits MODIFY TTL day + toIntervalDay(30)",
                        "ALTER TABLE `%s`.visits RENAME COLUMN IF EXISTS day TO date",
                        "DROP TABLE IF EXISTS `%s`.visits",
                        create,
                        "ALTER TABLE `%s`.visits ADD COLUMN IF NOT EXISTS pages UInt64",
                        "INSERT INTO `%s`.visits SELECT 'a', 5",
                        "ALTER TABLE `%s`.visits ADD COLUMN IF NOT EXISTS gone UInt64",
                        "ALTER TABLE `%s`.visits DROP COLUMN IF EXISTS gone")
                .flatMap(statement -> form.of(statement.formatted(database)).stream())
                .forEach(statement -> Stores.execute(settings, statement));
        assertEquals("5", answer("""
                        SELECT toString(pages) AS answer FROM `${database}`.visits WHERE organization_id = 'a'
                        SETTINGS optimize_skip_unused_shards = 1
                        """));
        form.of("DROP TABLE IF EXISTS `%s`.visits".formatted(database))
                .forEach(statement -> Stores.execute(settings, statement));
    }

    @Test
    void aNewNodeGetsTheCurrentTables() {
        try (Client client = settings.clickHouse().open()) {
            ClickHouseStatements clickHouse = new ClickHouseStatements(client);
            String database = settings.clickHouse().database();
            List<String> onCluster = new ClusterNodes(clickHouse, REPLICATED, database).definitions();
            for (String definition : onCluster) {
                clickHouse.query("EXPLAIN AST " + definition);
                assertTrue(definition.contains(ON_CLUSTER), definition);
            }

            String other = database + "_of_a_new_node";
            clickHouse.execute("CREATE DATABASE " + other);
            new ClusterNodes(clickHouse, new Cluster(Stores.CLUSTER, false), database)
                    .definitions().stream()
                            .map(definition -> definition.replace(database, other))
                            .forEach(clickHouse::execute);
            List<String> copies = new ClusterNodes(clickHouse, REPLICATED, other).definitions();
            assertEquals(
                    onCluster,
                    copies.stream().map(copy -> copy.replace(other, database)).toList());
        }
    }

    @Test
    void theEngineParsesTheStatementsOfThePage() throws IOException {
        List<String> statements = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("CLUSTER.md")))
                .results()
                .flatMap(block -> Statements.of(block.group(1)).stream())
                .toList();
        assertTrue(statements.size() > 10, statements.toString());
        for (String statement : statements) {
            Stores.query(settings, "EXPLAIN AST " + statement);
        }
    }

    @Test
    void aFileWithoutAClusterFormIsReported() {
        MigratorSettings fresh = Stores.cluster("refused");
        MigrationException failure = assertThrows(
                MigrationException.class,
                () -> Migrator.migrate(
                        fresh, List.of(Script.of("V001__a.sql", "OPTIMIZE TABLE `${database}`.events"))));
        assertTrue(
                failure.getMessage().startsWith("V001__a.sql: On a cluster there is no form for: OPTIMIZE TABLE"),
                failure.getMessage());
    }

    private static List<String> replicated() {
        ClusterDdl form = new ClusterDdl(REPLICATED, "quarry");
        Placeholders placeholders = Placeholders.of("quarry", Retention.standard(), AcceptedTimes.standard());
        return ScriptFolder.read("/db/clickhouse").stream()
                .flatMap(script -> Statements.of(placeholders.fill(script)).stream())
                .flatMap(statement -> form.of(statement).stream())
                .toList();
    }

    private static String answer(String sql) {
        return Stores.query(settings, sql).getFirst().getString("answer");
    }
}
