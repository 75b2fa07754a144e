package dev.quarry.schema;

import com.clickhouse.client.api.query.GenericRecord;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The nodes of a {@link Cluster}. A node that was added later has no tables: neither {@code ON CLUSTER} nor Keeper creates
 * earlier tables on it.
 */
final class ClusterNodes {
    private static final Pattern CREATE = Pattern.compile("\\ACREATE (TABLE|VIEW|MATERIALIZED VIEW|DICTIONARY) (\\S+)");

    private final ClickHouseStatements clickHouse;
    private final Cluster cluster;
    private final String database;

    ClusterNodes(ClickHouseStatements clickHouse, Cluster cluster, String database) {
        this.clickHouse = clickHouse;
        this.cluster = cluster;
        this.database = database;
    }

    /**
     * Creates the tables of the connected node on all nodes. It copies the tables and does not run the migrations again:
     * a shard refuses a new replica whose table does not have the current columns and retention.
     */
    void completeNewcomers() {
        GenericRecord tables =
                clickHouse.query("""
                        SELECT
                            min(tables) AS fewest,
                            max(tables) AS most,
                            (SELECT count() FROM system.tables WHERE database = '%1$s') AS here
                        FROM
                        (
                            SELECT countIf(database = '%1$s') AS tables
                            FROM clusterAllReplicas('%2$s', system.tables)
                            GROUP BY hostName(), tcpPort()
                        )
                        SETTINGS skip_unavailable_shards = 1
                        """.formatted(database, cluster.name())).getFirst();
        if (tables.getLong("fewest") == tables.getLong("most")) {
            return;
        }
        if (tables.getLong("here") < tables.getLong("most")) {
            throw new MigrationException(
                    "Some nodes of cluster %s have tables that this node lacks: set QUARRY_CLICKHOUSE_URL to one of those nodes."
                            .formatted(cluster.name()));
        }
        createDatabase();
        definitions().forEach(clickHouse::execute);
    }

    /** Creates the user of the dictionary of shards on all nodes, if one lacks it: a backup of the database has no users. */
    void completeShardReader() {
        GenericRecord nodes = clickHouse
                .query("""
                        SELECT
                            count() AS nodes,
                            (
                                SELECT count() FROM clusterAllReplicas('%1$s', system.users) WHERE name = '%2$s'
                            ) AS readers
                        FROM clusterAllReplicas('%1$s', system.one)
                        SETTINGS skip_unavailable_shards = 1
                        """.formatted(cluster.name(), ClusterDdl.SHARD_READER))
                .getFirst();
        if (nodes.getLong("readers") < nodes.getLong("nodes")) {
            new ClusterDdl(cluster, database).shardReader().forEach(clickHouse::execute);
        }
    }

    private void createDatabase() {
        clickHouse.execute(
                "CREATE DATABASE IF NOT EXISTS `%s`%s ENGINE = Atomic".formatted(database, cluster.onCluster()));
    }

    /** {@return statements that create this node's tables and views on all nodes, in the order of their dependencies} */
    List<String> definitions() {
        return clickHouse.query("""
                        SELECT create_table_query
                        FROM system.tables
                        WHERE database = '%s'
                        ORDER BY engine LIKE '%%View', engine = 'Distributed', engine = 'MaterializedView', name
                        """.formatted(database)).stream()
                .map(row -> onCluster(row.getString("create_table_query")))
                .toList();
    }

    private String onCluster(String definition) {
        Matcher create = CREATE.matcher(definition);
        if (!create.find()) {
            throw new MigrationException("This table cannot be created on a new node: %s"
                    .formatted(definition.lines().findFirst().orElse("")));
        }
        return create.replaceFirst("CREATE $1 IF NOT EXISTS $2" + Matcher.quoteReplacement(cluster.onCluster()));
    }
}
