package dev.quarry.schema;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;

import com.clickhouse.client.api.query.GenericRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A database for each shard of a {@link Cluster}: {@code quarry_1}, {@code quarry_2} and so on, with the tables of {@code
 * quarry}. They are {@code Distributed} over the cluster {@code <cluster>_1} and so on, which has that shard alone. So the
 * rollup job refines one shard with the statements that it uses on one node, whether or not the other shards answer.
 *
 * <p>These databases have no rows of their own.
 */
final class ShardDatabases {
    private final ClickHouseStatements clickHouse;
    private final Cluster cluster;
    private final String database;

    ShardDatabases(ClickHouseStatements clickHouse, Cluster cluster, String database) {
        this.clickHouse = clickHouse;
        this.cluster = cluster;
        this.database = database;
    }

    /** {@return the databases' names, in the order of the shards} */
    static List<String> names(Cluster cluster, String database) {
        return IntStream.rangeClosed(1, cluster.shards())
                .mapToObj(shard -> database + "_" + shard)
                .toList();
    }

    /**
     * Creates what is missing on this node, and what has other columns than in the database of all shards; nothing else,
     * because {@code ON CLUSTER} waits for nodes that are down. Call it after the migrations.
     *
     * @throws MigrationException if a node's {@code remote_servers} lack a cluster of one shard, or it has other replicas
     */
    void complete() {
        if (cluster.shards() == 0) {
            return;
        }
        requireClusters();
        for (int shard = 1; shard <= cluster.shards(); shard++) {
            statements(shard).forEach(clickHouse::execute);
        }
    }

    private record Replica(String cluster, long shard, String host, long port) {
        String address() {
            return host + ":" + port;
        }
    }

    /** A wrong one would put the gold of one shard onto another. */
    private void requireClusters() {
        Map<String, Map<Long, Set<String>>> clusters = clickHouse.query("""
                        SELECT DISTINCT cluster, toInt64(shard_num) AS shard, host_name AS host, toInt64(port) AS port
                        FROM clusterAllReplicas('%1$s', system.clusters)
                        WHERE cluster = '%1$s' OR startsWith(cluster, '%1$s_')
                        SETTINGS skip_unavailable_shards = 1
                        """.formatted(cluster.name())).stream()
                .map(row -> new Replica(
                        row.getString("cluster"), row.getLong("shard"), row.getString("host"), row.getLong("port")))
                .collect(groupingBy(Replica::cluster, groupingBy(Replica::shard, mapping(Replica::address, toSet()))));
        Map<Long, Set<String>> whole = clusters.getOrDefault(cluster.name(), Map.of());
        if (whole.size() != cluster.shards()) {
            throw new MigrationException(
                    "QUARRY_CLICKHOUSE_SHARDS is %d, but cluster %s has %d shards in remote_servers."
                            .formatted(cluster.shards(), cluster.name(), whole.size()));
        }
        for (int shard = 1; shard <= cluster.shards(); shard++) {
            String alone = alone(shard);
            Map<Long, Set<String>> expected = Map.of(1L, whole.getOrDefault((long) shard, Set.of()));
            if (!expected.equals(clusters.get(alone))) {
                throw new MigrationException(
                        "remote_servers must have a cluster %s of one shard, with the replicas of shard %d of cluster %s."
                                .formatted(alone, shard, cluster.name()));
            }
        }
    }

    private List<String> statements(int shard) {
        String name = names(cluster, database).get(shard - 1);
        List<String> tables = different(name).stream()
                .map(table -> statement(name, shard, table.getString("name"), table.getString("engine")))
                .toList();
        if (tables.isEmpty()) {
            return List.of();
        }
        String create = "CREATE DATABASE IF NOT EXISTS `%s`%s ENGINE = Atomic".formatted(name, cluster.onCluster());
        return Stream.concat(Stream.of(create), tables.stream()).toList();
    }

    /** Tables and views of all shards that this database lacks, or has with other columns. */
    private List<GenericRecord> different(String name) {
        return clickHouse.query("""
                WITH columns AS
                (
                    SELECT database, table, groupArray((name, type, default_kind, default_expression)) AS columns
                    FROM
                    (
                        SELECT database, table, name, type, default_kind, default_expression
                        FROM system.columns
                        WHERE database IN ('%1$s', '%2$s')
                        ORDER BY database, table, position
                    )
                    GROUP BY database, table
                )
                SELECT name, engine
                FROM system.tables
                WHERE database = '%1$s' AND engine IN ('Distributed', 'View')
                  AND name NOT IN
                  (
                      SELECT table FROM columns WHERE database IN ('%1$s', '%2$s')
                      GROUP BY table HAVING count() = 2 AND uniqExact(columns) = 1
                  )
                ORDER BY name
                """.formatted(database, name));
    }

    private String statement(String name, int shard, String table, String engine) {
        if (engine.equals("View")) {
            return "CREATE OR REPLACE VIEW `%s`.%s%s AS SELECT * FROM `%s`.%s"
                    .formatted(name, table, cluster.onCluster(), database, table);
        }
        boolean ofSystem = table.equals(ClusterDdl.REPLICAS);
        return "CREATE OR REPLACE TABLE `%s`.%s%s AS `%s`.%s ENGINE = Distributed('%s', '%s', '%s')"
                .formatted(
                        name,
                        table,
                        cluster.onCluster(),
                        database,
                        table,
                        alone(shard),
                        ofSystem ? "system" : database,
                        ofSystem ? table : table + "_local");
    }

    /** The cluster of one shard alone. */
    private String alone(int shard) {
        return cluster.name() + "_" + shard;
    }
}
