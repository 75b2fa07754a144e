package dev.quarry.schema;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The ClickHouse cluster that the tables are made on, see {@link ClusterDdl}.
 *
 * @param name as in the servers' {@code remote_servers}
 * @param replicated false where every shard is the one server that is asked, as in tests: it needs no Keeper, and what is
 *     done on it is done on the whole cluster
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

    /** Reads {@code QUARRY_CLICKHOUSE_CLUSTER}; unset is one node. */
    static Optional<Cluster> from(Map<String, String> environment) {
        String name = new EnvironmentVariables(environment).text("QUARRY_CLICKHOUSE_CLUSTER", "");
        return name.isEmpty() ? Optional.empty() : Optional.of(new Cluster(name, true));
    }

    /** For behind the name of what a statement creates, changes or drops: on every node. */
    String onCluster() {
        return replicated ? " ON CLUSTER `%s`".formatted(name) : "";
    }
}
