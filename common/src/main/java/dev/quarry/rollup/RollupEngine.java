package dev.quarry.rollup;

import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.clickhouse.EngineClient;
import dev.quarry.clickhouse.Row;
import dev.quarry.clickhouse.RowMapping;
import io.opentelemetry.api.OpenTelemetry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The engine as the rollup job knows it: as a user that may write, with time and memory for whole days of events. */
@ApplicationScoped
class RollupEngine {
    /** So that the engine's own word on a time limit arrives before the socket gives up. */
    private static final long GRACE_MILLIS = 5_000;

    /** One is enough for a pass; the rest is for what a broken-off one still holds. */
    private static final int CONNECTIONS = 4;

    private final ClickHouseConfiguration address;
    private final RollupConfiguration configuration;
    private final EngineClient client;

    RollupEngine(ClickHouseConfiguration address, RollupConfiguration configuration, OpenTelemetry telemetry) {
        this.address = address;
        this.configuration = configuration;
        this.client = new EngineClient(
                address,
                new EngineClient.Login(
                        "quarry-rollup",
                        configuration.user().orElse(address.user()),
                        configuration
                                .user()
                                .flatMap(user -> configuration.password())
                                .or(address::password)
                                .orElse(""),
                        CONNECTIONS),
                telemetry);
    }

    @PreDestroy
    void close() {
        client.close();
    }

    void execute(String sql, Map<String, Object> parameters) {
        ask(sql, parameters, answer -> null);
    }

    /** Reads, and so may ask once more: every pass begins with a read, and finds out by it which connections are good. */
    <T> List<T> list(String sql, Map<String, Object> parameters, RowMapping<T> mapping) {
        Function<InputStream, List<T>> reader = answer -> Row.list(answer, mapping);
        try {
            return ask(sql, parameters, reader);
        } catch (RollupException failed) {
            if (client.reopenAfter(failed)) {
                return ask(sql, parameters, reader);
            }
            throw failed;
        }
    }

    /** Inserts lines of tab-separated fields, already escaped. */
    void insert(String table, List<String> columns, String lines) {
        InsertSettings settings = new InsertSettings().setDatabase(address.database());
        clusterSettings().forEach(settings::serverSetting);
        settings.setNetworkTimeout(networkMillis(), ChronoUnit.MILLIS);
        var body = new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8));
        try {
            client.insert(table, columns, body, ClickHouseFormat.TabSeparated, settings);
        } catch (Exception | Error failed) {
            throw failure(failed);
        }
    }

    private <T> T ask(String sql, Map<String, Object> parameters, Function<InputStream, T> reader) {
        try {
            return client.query(sql, parameters, querySettings(), reader);
        } catch (Exception | Error failed) {
            throw failure(failed);
        }
    }

    private QuerySettings querySettings() {
        QuerySettings settings = new QuerySettings()
                .setFormat(ClickHouseFormat.RowBinaryWithNamesAndTypes)
                .setDatabase(address.database())
                .serverSetting("max_execution_time", Long.toString(statementSeconds()))
                .serverSetting("timeout_before_checking_execution_speed", "0")
                .serverSetting("max_memory_usage", Long.toString(configuration.memory()))
                // Groups that take more memory, as of very many integrations, go to disk.
                .serverSetting("max_bytes_before_external_group_by", Long.toString(configuration.memory() / 4))
                .serverSetting("max_bytes_before_external_sort", Long.toString(configuration.memory() / 4))
                // A batch of old events reaches over more months than an INSERT may by default.
                .serverSetting("max_partitions_per_insert_block", "0")
                .serverSetting("wait_end_of_query", "1");
        clusterSettings().forEach(settings::serverSetting);
        settings.setNetworkTimeout(networkMillis(), ChronoUnit.MILLIS);
        return settings;
    }

    /**
     * What a rebuild rests on where tables have shards and replicas: that it reads what is older than the grace, and what it
     * wrote itself.
     */
    private Map<String, String> clusterSettings() {
        if (address.cluster().isEmpty()) {
            return Map.of();
        }
        return Map.of(
                // The same replica of a shard for all that is read and written, as long as it lives and keeps up.
                "load_balancing", "in_order",
                // The local replica need not be the one that was written to.
                "prefer_localhost_replica", "0",
                "max_replica_delay_for_distributed_queries",
                        Long.toString(replicaDelay().toSeconds()),
                "fallback_to_stale_replicas_for_distributed_queries", "0",
                // An organisation's rows are together, so that a subquery finds its own where the outer query went.
                "distributed_product_mode", "local",
                "optimize_skip_unused_shards", "1",
                // Done when it is on the shards, not when it is on its way to them.
                "distributed_foreground_insert", "1",
                "parallel_distributed_insert_select", "0");
    }

    /**
     * Which replica of each shard is read now. Makes sure that these replicas have every row, in every table, that was
     * acknowledged before the replicas' delay. The engine itself checks only one table of a query, so it may choose
     * different replicas for different queries.
     *
     * @return each shard's number and host; nothing on one node
     * @throws RollupException if a replica is further behind, or is read-only because it has lost Keeper
     */
    Set<String> replicasThatKeepUp() {
        if (address.cluster().isEmpty()) {
            return Set.of();
        }
        List<Replica> replicas = list(
                """
                SELECT concat(toString(_shard_num), ' ', hostName()) AS replica, max(absolute_delay), max(is_readonly)
                FROM replicas
                WHERE database = {database:String}
                GROUP BY replica
                """,
                Map.of("database", address.database()),
                row -> new Replica(row.nextString(), row.nextLong(), row.nextBoolean()));
        for (Replica replica : replicas) {
            if (replica.readOnly()) {
                throw new RollupException("Replica %s is read-only".formatted(replica.name()), null);
            }
            if (replica.secondsBehind() > replicaDelay().toSeconds()) {
                throw new RollupException(
                        "Replica %s is %d s behind".formatted(replica.name(), replica.secondsBehind()), null);
            }
        }
        return replicas.stream().map(Replica::name).collect(Collectors.toUnmodifiableSet());
    }

    private record Replica(String name, long secondsBehind, boolean readOnly) {}

    /** The engine's clock. */
    Instant now() {
        return list("SELECT now64(3, 'UTC')", Map.of(), row -> row.nextInstant())
                .getFirst();
    }

    /** How far what is read may be behind what was acknowledged; nothing on one node. */
    Duration replicaDelay() {
        return address.cluster().isPresent() ? configuration.replicaDelay() : Duration.ZERO;
    }

    private long statementSeconds() {
        return Math.max(1, configuration.statementTime().toSeconds());
    }

    private long networkMillis() {
        return statementSeconds() * 1_000 + GRACE_MILLIS;
    }

    private static RollupException failure(Throwable failed) {
        if (failed instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        Throwable cause =
                failed instanceof ExecutionException && failed.getCause() != null ? failed.getCause() : failed;
        return new RollupException(
                "The engine failed to execute a statement of a rebuild: " + cause.getMessage(),
                cause,
                EngineClient.isMistake(cause));
    }
}
