package dev.quarry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two shards that are both the engine itself: each would show every row, but for a filter that knows its number. */
class ClusterTest {
    @RegisterExtension
    static final EngineExtension ENGINE = new EngineExtension(options -> options.withCluster("two", 2)
            .withSettings(Map.of(
                    "additional_table_filters",
                    "{'default.local':'shardNum() IN (0, x % 2 + 1)'}",
                    "distributed_foreground_insert",
                    "1")));

    @BeforeAll
    static void fill() {
        ENGINE.http().run("CREATE TABLE local (x UInt64) ENGINE = MergeTree ORDER BY x");
        ENGINE.http().run("CREATE TABLE all AS local ENGINE = Distributed('two', 'default', 'local', x)");
        ENGINE.http().run("INSERT INTO all SELECT number FROM numbers(10)");
    }

    @Test
    void aDistributedTableHasTheRowsOfBothShards() {
        assertEquals("1\t5\n2\t5", ENGINE.http().run("SELECT shardNum(), count() FROM all GROUP BY 1 ORDER BY 1"));
        assertEquals("10\t45", ENGINE.http().run("SELECT count(), sum(x) FROM all"));
    }

    /** Services ask for a replica over the network, and there is none but the engine. */
    @Test
    void theEngineIsTheOnlyReplica() {
        assertEquals(
                "10",
                ENGINE.http()
                        .with("query", "SELECT count() FROM all")
                        .with("prefer_localhost_replica", "0")
                        .post("")
                        .body()
                        .strip());
    }

    @Test
    void aShardIsChosenByTheKey() {
        assertEquals(
                "2",
                ENGINE.http()
                        .run(
                                "SELECT DISTINCT shardNum() FROM all WHERE x = 7 SETTINGS optimize_skip_unused_shards = 1"));
    }

    /** The job of one shard reads tables of a cluster that has this shard only. */
    @Test
    void eachShardIsAlsoAClusterOfItsOwn() {
        assertEquals(
                "two\t2\ntwo_1\t1\ntwo_2\t1",
                ENGINE.http()
                        .run(
                                "SELECT cluster, count() FROM system.clusters WHERE cluster LIKE 'two%' GROUP BY 1 ORDER BY 1"));
        ENGINE.http().run("CREATE DATABASE IF NOT EXISTS second");
        ENGINE.http().run("CREATE TABLE second.all AS local ENGINE = Distributed('two_2', 'default', 'local')");
        assertEquals(
                "second\t1\t1",
                ENGINE.http()
                        .with("query", "SELECT currentDatabase(), shardNum(), count() > 0 FROM all GROUP BY 1, 2")
                        .with("database", "second")
                        .with("prefer_localhost_replica", "0")
                        .post("")
                        .body()
                        .strip());
    }

    @Test
    void aReplicatedTableNeedsOnlyAKeeper() {
        String answer = ENGINE.http()
                .post("CREATE TABLE r (x UInt8) ENGINE = ReplicatedMergeTree('/r/{shard}', '{replica}') ORDER BY x")
                .body();
        assertTrue(answer.contains("NO_ZOOKEEPER"), answer);
    }

    @Test
    void anInvalidNameIsRefused() {
        EngineOptions options =
                EngineOptions.parse(new String[] {"--path=nowhere", "--library=none", "--cluster=a>b"}, null);
        assertThrows(IllegalArgumentException.class, () -> ConfigurationFile.write(options));
    }
}
