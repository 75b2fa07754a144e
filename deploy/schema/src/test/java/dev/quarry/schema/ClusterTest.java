package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.query.GenericRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

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
                            .endsWith("ENGINE = Distributed('%s', 'quarry', '%s_local', %s)"
                                    .formatted(Stores.CLUSTER, name, ClusterDdl.shardingKey("quarry"))),
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
                        SETTINGS optimize_skip_unused_shards = 1, force_optimize_skip_unused_shards = 1,
                            allow_nondeterministic_optimize_skip_unused_shards = 1
                        """));
    }

    /** Each shard shows the rows of its own organisations only, so a query that went to the other one would see none. */
    @Test
    void anAssignedOrganisationIsReadOnItsShardAndOthersOnThatOfTheirHash() {
        Stores.execute(settings, """
                INSERT INTO `${database}`.events (organization_id, event_id, time, user_id, kind)
                SELECT arrayJoin(['assigned', 'hashed']), generateUUIDv4(), '2026-03-01 10:00:00', 'anna', 'tool_call'
                FROM numbers(3)
                SETTINGS distributed_foreground_insert = 1
                """);
        long hashed = shardOfHash("hashed");
        long first = shardOfHash("assigned");
        assertEquals("3 rows on " + first, found("assigned"));

        assign("assigned", 3 - first);
        assertEquals("3 rows on " + (3 - first), found("assigned"));
        assertEquals("3 rows on " + hashed, found("hashed"));
        assertEquals("3 rows on " + (3 - first), found("assigned', 'assigned"));

        // The engine loads the distributed tables, whose sharding key reads the dictionary, and the dictionary itself.
        Stores.restart();
        assertEquals("3 rows on " + (3 - first), found("assigned"));

        assign("assigned", 0);
        assertEquals("3 rows on " + first, found("assigned"));
    }

    private static void assign(String organization, long shard) {
        Stores.execute(
                settings,
                "INSERT INTO `${database}`.shard_assignments (organization, shard) SELECT '%s', %d"
                        .formatted(organization, shard));
        Stores.execute(settings, "SYSTEM RELOAD DICTIONARY `${database}`.shards");
    }

    private static long shardOfHash(String organization) {
        return Long.parseLong(answer("SELECT toString(cityHash64('%s') %% 2 + 1) AS answer".formatted(organization)));
    }

    /** Asks only the shards of these organisations. */
    private static String found(String organizations) {
        return answer("""
                SELECT concat(toString(count()), ' rows on ', toString(any(shardNum()))) AS answer
                FROM `${database}`.events
                WHERE organization_id IN ('%s')
                SETTINGS optimize_skip_unused_shards = 1, force_optimize_skip_unused_shards = 1,
                    allow_nondeterministic_optimize_skip_unused_shards = 1
                """.formatted(organizations));
    }

    /**
     * The statements of the page that copy an organisation: the copy keeps the time of each delivery, so copying again, in any
     * order, changes nothing, and an older delivery does not replace a newer one.
     */
    @Test
    void copyingAnOrganisationKeepsTheNewestDelivery() {
        Stores.execute(settings, "CREATE TABLE IF NOT EXISTS `${database}`.moved AS `${database}`.executions_local");
        String copy = """
                INSERT INTO `${database}`.moved (*, delivered)
                SELECT *, delivered FROM `${database}`.executions_local WHERE organization_id = 'moving'
                SETTINGS insert_allow_materialized_columns = 1
                """;
        deliver("executions_local", 1);
        Stores.execute(settings, copy);
        deliver("executions_local", 2);
        deliver("moved", 3);
        Stores.execute(settings, copy);
        Stores.execute(settings, copy);
        assertEquals("1 3", answer("""
                SELECT concat(toString(count()), ' ', toString(any(duration_ms))) AS answer
                FROM `${database}`.moved FINAL
                """));
        Stores.execute(settings, "DROP TABLE `${database}`.moved SYNC");
    }

    /** Delivers the same execution, with another duration. */
    private static void deliver(String table, int duration) {
        Stores.execute(settings, """
                INSERT INTO `${database}`.%s (organization_id, workspace_id, time, event_id, status, duration_ms)
                SELECT 'moving', 'w', '2026-03-01 10:00:00', toUUID('00000000-0000-0000-0000-000000000001'), 'success', %d
                """.formatted(table, duration));
    }

    @Test
    void theUserOfTheDictionaryCanReadTheAssignmentsOnly() {
        List<String> statements = new ClusterDdl(REPLICATED, "quarry").shardReader();
        assertTrue(statements.getFirst().endsWith(" IDENTIFIED WITH no_password HOST LOCAL"), statements.toString());
        assertEquals(
                "GRANT%s SELECT ON `quarry`.shard_assignments TO quarry_shards".formatted(ON_CLUSTER),
                statements.getLast());
        Stream.concat(statements.stream(), new ClusterDdl(REPLICATED, "quarry").shards().stream())
                .forEach(statement -> {
                    assertTrue(statement.contains(ON_CLUSTER), statement);
                    Stores.query(settings, "EXPLAIN AST " + statement);
                });
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
                        SETTINGS optimize_skip_unused_shards = 1,
                            allow_nondeterministic_optimize_skip_unused_shards = 1
                        """));
        form.of("DROP TABLE IF EXISTS `%s`.visits".formatted(database))
                .forEach(statement -> Stores.execute(settings, statement));
    }

    @Test
    void eachShardHasADatabaseWithTheSameTables() {
        for (int shard = 1; shard <= 2; shard++) {
            assertEquals(shape(Stores.SHARDED), shape(Stores.SHARDED + "_" + shard));
            for (GenericRecord table : Stores.query(settings, """
                    SELECT name, engine_full FROM system.tables
                    WHERE database = '%s_%d' AND engine = 'Distributed'
                    """.formatted(Stores.SHARDED, shard))) {
                String name = table.getString("name");
                String there = name.equals("replicas")
                        ? "'system', 'replicas'"
                        : "'%s', '%s_local'".formatted(Stores.SHARDED, name);
                assertEquals(
                        "Distributed('two_shards_%d', %s)".formatted(shard, there), table.getString("engine_full"));
            }
        }
    }

    /** The names and columns of what a rollup job may use. */
    private static List<String> shape(String database) {
        return Stores.query(settings, """
                        SELECT concat(table, '.', columns.name, ' ', type, ' ', default_expression) AS line
                        FROM system.columns AS columns JOIN system.tables AS tables USING (database, table)
                        WHERE database = '%s' AND engine IN ('Distributed', 'View')
                        ORDER BY table, position
                        """.formatted(database)).stream()
                .map(row -> row.getString("line"))
                .toList();
    }

    @Test
    void anAlteredTableIsCreatedAgainInTheDatabasesOfTheShards() {
        MigratorSettings altered = Stores.cluster("altered");
        Migrator.migrate(altered);
        String made = whenTheTablesOfAShardWereMade(altered);
        Migrator.migrate(altered);
        assertEquals(made, whenTheTablesOfAShardWereMade(altered));

        new ClusterDdl(altered.clickHouse().cluster().orElseThrow(), "altered")
                .of("ALTER TABLE `altered`.executions ADD COLUMN IF NOT EXISTS attempt UInt8")
                .forEach(statement -> Stores.execute(altered, statement));
        Migrator.migrate(altered);

        Stores.execute(altered, """
                INSERT INTO `altered_2`.executions
                    (organization_id, workspace_id, time, event_id, status, duration_ms, attempt)
                SELECT 'a', 'w', '2026-03-01 10:00:00', generateUUIDv4(), 'success', 1, 2
                """);
        assertEquals(
                2,
                Stores.query(altered, "SELECT attempt FROM `altered_1`.executions")
                        .getFirst()
                        .getInteger("attempt"));
    }

    private static String whenTheTablesOfAShardWereMade(MigratorSettings settings) {
        return Stores.query(settings, """
                        SELECT toString(groupArray((name, metadata_modification_time, uuid))) AS answer
                        FROM (SELECT * FROM system.tables WHERE database = '${database}_1' ORDER BY name)
                        """).getFirst().getString("answer");
    }

    @Test
    void anotherNumberOfShardsThanTheClusterHasIsRefused() {
        try (Client client = settings.clickHouse().open()) {
            ShardDatabases three = new ShardDatabases(
                    new ClickHouseStatements(client), new Cluster(Stores.CLUSTER, false).withShards(3), Stores.SHARDED);
            MigrationException refusal = assertThrows(MigrationException.class, three::complete);
            assertEquals(
                    "QUARRY_CLICKHOUSE_SHARDS is 3, but cluster two_shards has 2 shards in remote_servers.",
                    refusal.getMessage());
        }
    }

    /** The engine's cluster two_shards_1 has no shards of its own. */
    @Test
    void aShardWithoutAClusterOfItsOwnIsRefused() {
        try (Client client = settings.clickHouse().open()) {
            ShardDatabases one = new ShardDatabases(
                    new ClickHouseStatements(client),
                    new Cluster(Stores.CLUSTER + "_1", false).withShards(1),
                    Stores.SHARDED);
            MigrationException refusal = assertThrows(MigrationException.class, one::complete);
            assertEquals(
                    "remote_servers must have a cluster two_shards_1_1 of one shard, with the replicas of shard 1 of cluster"
                            + " two_shards_1.",
                    refusal.getMessage());
        }
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
    void theConfigurationOfThePageIsWellFormed() throws Exception {
        List<String> files = Pattern.compile("```xml\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("CLUSTER.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertEquals(3, files.size());
        for (String file : files) {
            Document document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)));
            assertEquals("clickhouse", document.getDocumentElement().getTagName());
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
