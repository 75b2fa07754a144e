package dev.quarry.schema;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The ClickHouse cluster of the tables, see {@link ClusterDdl}.
 *
 * @param name the name in the servers' {@code remote_servers}
 * @param replicated false if each shard is the same server, as in tests: it needs no Keeper, and a statement on it applies
 *     to the whole cluster
 * @param insertQuorum how many replicas of a shard must have an INSERT before it is acknowledged; 0 or 1 for one
 * @param shards the number of shards, each of which gets a database of its own, see {@link ShardDatabases}; 0 for none
 */
public record Cluster(String name, boolean replicated, int insertQuorum, int shards) {
    private static final int MOST_REPLICAS = 16;
    private static final int MOST_SHARDS = 1_000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,62}");

    public Cluster {
        if (!NAME.matcher(name).matches()) {
            throw new MigrationException(
                    "The ClickHouse cluster must be letters, digits, underscores and hyphens, but is \"%s\"."
                            .formatted(name));
        }
    }

    /** Without a quorum, and without databases of the shards. */
    public Cluster(String name, boolean replicated) {
        this(name, replicated, 0, 0);
    }

    /** {@return this cluster, with a database for each of so many shards} */
    public Cluster withShards(int number) {
        return new Cluster(name, replicated, insertQuorum, number);
    }

    /**
     * Reads {@code QUARRY_CLICKHOUSE_CLUSTER}, {@code QUARRY_CLICKHOUSE_INSERT_QUORUM} (0) and {@code
     * QUARRY_CLICKHOUSE_SHARDS} (0). If there is no cluster, there is one node.
     */
    static Optional<Cluster> from(Map<String, String> environment) {
        EnvironmentVariables variables = new EnvironmentVariables(environment);
        String name = variables.text("QUARRY_CLICKHOUSE_CLUSTER", "");
        int quorum = variables.wholeNumber("QUARRY_CLICKHOUSE_INSERT_QUORUM", 0, 0, MOST_REPLICAS, "replicas");
        int shards = variables.wholeNumber("QUARRY_CLICKHOUSE_SHARDS", 0, 0, MOST_SHARDS, "shards");
        return name.isEmpty() ? Optional.empty() : Optional.of(new Cluster(name, true, quorum, shards));
    }

    /** {@return the clause for a statement that creates, alters or drops on all nodes} It follows the object's name. */
    String onCluster() {
        return replicated ? " ON CLUSTER `%s`".formatted(name) : "";
    }
}
