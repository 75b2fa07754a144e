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
 */
public record Cluster(String name, boolean replicated) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,62}");

    public Cluster {
        if (!NAME.matcher(name).matches()) {
            throw new MigrationException(
                    "The ClickHouse cluster must be letters, digits, underscores and hyphens, but is \"%s\"."
                            .formatted(name));
        }
    }

    /** Reads {@code QUARRY_CLICKHOUSE_CLUSTER}; if it is unset, there is one node. */
    static Optional<Cluster> from(Map<String, String> environment) {
        String name = new EnvironmentVariables(environment).text("QUARRY_CLICKHOUSE_CLUSTER", "");
        return name.isEmpty() ? Optional.empty() : Optional.of(new Cluster(name, true));
    }

    /** {@return the clause for a statement that creates, alters or drops on all nodes} It follows the object's name. */
    String onCluster() {
        return replicated ? " ON CLUSTER `%s`".formatted(name) : "";
    }
}
