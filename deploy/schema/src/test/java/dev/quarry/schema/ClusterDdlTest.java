package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterDdlTest {
    private static final ClusterDdl FORM = new ClusterDdl(new Cluster("c1", true), "db");

    @Test
    void aTableBecomesAReplicatedAndADistributedOne() {
        List<String> statements = FORM.of("""
                -- Why it is there; of `db`.others too.
                CREATE TABLE IF NOT EXISTS `db`.visits
                (
                    organization_id String,
                    version UInt64 -- ENGINE = MergeTree
                )
                ENGINE = ReplacingMergeTree(version)
                ORDER BY organization_id
                COMMENT 'Visits'""");
        assertEquals(
                List.of(
                        """
                        CREATE TABLE IF NOT EXISTS `db`.visits_local ON CLUSTER `c1`
                        (
                            organization_id String,
                            version UInt64 -- ENGINE = MergeTree
                        )
                        ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/db/visits_local', '{replica}', version)
                        ORDER BY organization_id
                        SETTINGS replicated_deduplication_window = 0, replicated_deduplication_window_for_async_inserts = 0
                        COMMENT 'Visits'""",
                        "CREATE TABLE IF NOT EXISTS `db`.visits ON CLUSTER `c1` AS `db`.visits_local"
                                + " ENGINE = Distributed('c1', 'db', 'visits_local', dictGetOrDefault('db.shards', 'slot',"
                                + " tuple(CAST(organization_id AS String)), cityHash64(organization_id)))"),
                statements);
    }

    @Test
    void aTablesOwnSettingsAreKept() {
        for (String end :
                List.of("SETTINGS index_granularity = 256\nCOMMENT 'Visits'", "SETTINGS index_granularity = 256")) {
            String local = FORM.of(
                            "CREATE TABLE IF NOT EXISTS `db`.visits\n(\n    organization_id String\n)\nENGINE = MergeTree\n"
                                    + end)
                    .getFirst();
            assertTrue(local.endsWith("async_inserts = 0, " + end.substring("SETTINGS ".length())), local);
        }
    }

    @Test
    void aMaterializedViewGoesFromLocalToLocal() {
        assertEquals(List.of("""
                        CREATE MATERIALIZED VIEW IF NOT EXISTS `db`.seeing ON CLUSTER `c1` TO `db`.seen_local AS
                        SELECT a.x FROM `db`.visits_local AS a JOIN `db`.people_local AS b USING (x)"""), FORM.of("""
                        CREATE MATERIALIZED VIEW IF NOT EXISTS `db`.seeing TO `db`.seen AS
                        SELECT a.x FROM `db`.visits AS a JOIN `db`.people AS b USING (x)"""));
    }

    @Test
    void anyOtherViewReadsWholeTables() {
        assertEquals(
                List.of("CREATE OR REPLACE VIEW `db`.v ON CLUSTER `c1` AS SELECT count() FROM `db`.visits"),
                FORM.of("CREATE OR REPLACE VIEW `db`.v AS SELECT count() FROM `db`.visits"));
    }

    @Test
    void columnsChangeInBothTablesAndEverythingElseInTheLocalOne() {
        assertEquals(
                List.of(
                        "ALTER TABLE `db`.visits_local ON CLUSTER `c1` ADD COLUMN IF NOT EXISTS x UInt8",
                        "ALTER TABLE `db`.visits ON CLUSTER `c1` ADD COLUMN IF NOT EXISTS x UInt8"),
                FORM.of("ALTER TABLE `db`.visits ADD COLUMN IF NOT EXISTS x UInt8"));
        assertEquals(
                List.of(
                        "ALTER TABLE `db`.visits ON CLUSTER `c1` DROP COLUMN IF EXISTS x",
                        "ALTER TABLE `db`.visits_local ON CLUSTER `c1` DROP COLUMN IF EXISTS x"),
                FORM.of("ALTER TABLE `db`.visits DROP COLUMN IF EXISTS x"));
        assertEquals(
                List.of("ALTER TABLE `db`.visits_local ON CLUSTER `c1` MODIFY TTL day + 1 SETTINGS alter_sync = 0"),
                FORM.of("ALTER TABLE `db`.visits MODIFY TTL day + 1 SETTINGS alter_sync = 0"));
    }

    @Test
    void aDropAppliesToAllNodes() {
        assertEquals(
                List.of(
                        "DROP TABLE IF EXISTS `db`.visits ON CLUSTER `c1` SYNC",
                        "DROP TABLE IF EXISTS `db`.visits_local ON CLUSTER `c1` SYNC"),
                FORM.of("DROP TABLE IF EXISTS `db`.visits"));
        assertEquals(
                List.of("DROP VIEW IF EXISTS `db`.seeing ON CLUSTER `c1` SYNC"),
                FORM.of("DROP VIEW IF EXISTS `db`.seeing"));
    }

    @Test
    void rowsGoInByTheirOrganisation() {
        String insert = "INSERT INTO `db`.seen SELECT * FROM `db`.visits";
        assertEquals(List.of(insert), FORM.of(insert));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Not in the form that can run again.
                "CREATE TABLE `db`.visits (organization_id String) ENGINE = MergeTree",
                "CREATE MATERIALIZED VIEW IF NOT EXISTS `db`.v ENGINE = MergeTree ORDER BY x AS SELECT 1 AS x",
                "CREATE MATERIALIZED VIEW IF NOT EXISTS `db`.v REFRESH EVERY 1 HOUR TO `db`.visits AS SELECT 1",
                // Without the database: it would be made in the one of the session.
                "CREATE TABLE IF NOT EXISTS visits\n(\n    organization_id String\n)\nENGINE = MergeTree\nORDER BY x",
                "ALTER TABLE visits MODIFY TTL day",
                "ALTER TABLE `db`.seeing MODIFY QUERY SELECT 1",
                "RENAME TABLE `db`.a TO `db`.b",
                "OPTIMIZE TABLE `db`.visits FINAL",
                "SELECT 1",
            })
    void whatHasNoFormIsRefused(String statement) {
        MigrationException refusal = assertThrows(MigrationException.class, () -> FORM.of(statement));
        assertTrue(refusal.getMessage().startsWith("On a cluster"), refusal.getMessage());
    }

    @Test
    void aTableWithoutATenantCannotBeSharded() {
        MigrationException refusal = assertThrows(MigrationException.class, () -> FORM.of("""
                CREATE TABLE IF NOT EXISTS `db`.zones
                (
                    name String
                )
                ENGINE = MergeTree
                ORDER BY name"""));
        assertEquals("Table zones has no column organization_id, by which a cluster shards.", refusal.getMessage());
    }

    @Test
    void aTableWithoutAnEngineLineIsRefused() {
        for (String engine : List.of("ENGINE = Memory", "ENGINE=MergeTree", "ENGINE = MergeTree ORDER BY x")) {
            MigrationException refusal = assertThrows(
                    MigrationException.class,
                    () -> FORM.of(
                            "CREATE TABLE IF NOT EXISTS `db`.visits\n(\n    organization_id String\n)\n" + engine));
            assertEquals(
                    "Table visits must have one line like: ENGINE = ReplacingMergeTree(version)", refusal.getMessage());
        }
    }

    @Test
    void aClustersNameIsPartOfNoOtherSql() {
        assertThrows(MigrationException.class, () -> new Cluster("a`b", true));
        assertThrows(MigrationException.class, () -> new Cluster("{cluster}", true));
    }
}
