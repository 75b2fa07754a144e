package dev.quarry.schema;

import com.clickhouse.client.api.query.GenericRecord;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The nodes of a {@link Cluster}. One that was added after the tables were made has none of them: neither {@code ON CLUSTER}
 * nor Keeper brings it what was created before its time.
 */
final class ClusterNodes {
    private static final Pattern CREATE = Pattern.compile("\\ACREATE (TABLE|VIEW|MATERIALIZED VIEW) (\\S+)");

    private final ClickHouseStatements clickHouse;
    private final Cluster cluster;
    private final String database;

    ClusterNodes(ClickHouseStatements clickHouse, Cluster cluster, String database) {
        this.clickHouse = clickHouse;
        this.cluster = cluster;
        this.database = database;
    }

    /**
     * Gives every node what the node that is asked has. The tables as they are, not the migrations again: a new replica is
     * refused by its shard unless it comes with the columns and the retention of today.
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
                    "Some nodes of cluster %s have tables that this one lacks: name one of those in QUARRY_CLICKHOUSE_URL."
                            .formatted(cluster.name()));
        }
        createDatabase();
        definitions().forEach(clickHouse::execute);
    }

    private void createDatabase() {
        clickHouse.execute(
                "CREATE DATABASE IF NOT EXISTS `%s`%s ENGINE = Atomic".formatted(database, cluster.onCluster()));
    }

    /** What makes this node's tables and views on every node that lacks them, in an order that it can be made in. */
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
            throw new MigrationException("A new node cannot be given: %s"
                    .formatted(definition.lines().findFirst().orElse("")));
        }
        return create.replaceFirst("CREATE $1 IF NOT EXISTS $2" + Matcher.quoteReplacement(cluster.onCluster()));
    }
}
