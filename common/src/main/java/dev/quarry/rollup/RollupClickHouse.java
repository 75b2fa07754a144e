package dev.quarry.rollup;

import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.clickhouse.ClickHouseClient;
import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.clickhouse.ClickHouseException;
import dev.quarry.clickhouse.QueryOutcome;
import dev.quarry.clickhouse.Row;
import dev.quarry.clickhouse.RowMapping;
import dev.quarry.clickhouse.TableName;
import io.opentelemetry.api.OpenTelemetry;
import io.smallrye.faulttolerance.api.Guard;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * ClickHouse for the rollup job: with a user that may write, and with time and memory for whole days of events. The bean
 * uses the tables of all shards; {@link Shards} also makes one for each shard.
 */
@ApplicationScoped
class RollupClickHouse {
    /** The socket's timeout is longer than the engine's time limit, so that the engine's own error arrives first. */
    private static final Duration SOCKET_GRACE = Duration.ofSeconds(5);

    /** Size of the connection pool. A pass needs one connection; an interrupted pass may still hold others. */
    private static final int CONNECTIONS = 4;

    private final ClickHouseConfiguration address;
    private final RollupConfiguration configuration;
    private final String database;
    private final ClickHouseClient client;
    private final Guard readsTwice;

    @Inject
    RollupClickHouse(ClickHouseConfiguration address, RollupConfiguration configuration, OpenTelemetry telemetry) {
        this(address, configuration, telemetry, address.database());
    }

    /** @param database the database whose tables the statements use; they may be tables of one shard alone */
    RollupClickHouse(
            ClickHouseConfiguration address,
            RollupConfiguration configuration,
            OpenTelemetry telemetry,
            String database) {
        this.address = address;
        this.configuration = configuration;
        this.database = database;
        this.client = new ClickHouseClient(
                address,
                new ClickHouseClient.Login(
                        "quarry-rollup",
                        configuration.user().orElse(address.user()),
                        configuration
                                .user()
                                .flatMap(user -> configuration.password())
                                .or(address::password)
                                .orElse(""),
                        CONNECTIONS),
                telemetry);
        this.readsTwice = Guard.create()
                .withDescription("clickhouse of the rollup job")
                .withRetry()
                .maxRetries(address.retry().maxRetries())
                .delay(address.retry().delay().toMillis(), ChronoUnit.MILLIS)
                .jitter(address.retry().jitter().toMillis(), ChronoUnit.MILLIS)
                .whenException(RollupClickHouse::isWorthRepeating)
                .beforeRetry(client::reconnect)
                .done()
                .build();
    }

    @PreDestroy
    void close() {
        client.close();
    }

    /** Makes a statement that runs whether or not a lock is held. */
    RollupStatement statement(@CompileTimeConstant String sql) {
        return new RollupStatement(this, () -> {}, sql);
    }

    void execute(@CompileTimeConstant String sql, Map<String, Object> parameters) {
        try {
            client.query(sql, parameters, querySettings(Map.of()), answer -> null);
        } catch (RuntimeException failed) {
            throw failure(failed);
        }
    }

    /**
     * Repeats the read after an outage or the loss of a shard. Every pass begins with a read, so the repetition replaces
     * broken connections.
     */
    <T> List<T> list(
            @CompileTimeConstant String sql,
            Map<String, Object> parameters,
            Map<String, String> settings,
            RowMapping<T> mapping) {
        Supplier<Object> read =
                () -> client.query(sql, parameters, querySettings(settings), answer -> Row.list(answer, mapping));
        try {
            @SuppressWarnings("unchecked")
            List<T> rows = (List<T>) readsTwice.get(read, Object.class);
            return rows;
        } catch (Exception failed) {
            throw failure(failed);
        }
    }

    /** Inserts lines of tab-separated, escaped fields. */
    void insert(TableName table, List<String> columns, String lines) {
        InsertSettings settings = new InsertSettings().setDatabase(database);
        clusterSettings().forEach(settings::serverSetting);
        settings.setNetworkTimeout(socketTimeout().toMillis(), ChronoUnit.MILLIS);
        var body = new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8));
        try {
            client.insert(table, columns, body, ClickHouseFormat.TabSeparated, settings);
        } catch (RuntimeException failed) {
            throw failure(failed);
        }
    }

    private QuerySettings querySettings(Map<String, String> own) {
        QuerySettings settings = new QuerySettings()
                .setFormat(ClickHouseFormat.RowBinaryWithNamesAndTypes)
                .setDatabase(database)
                .serverSetting("max_execution_time", Long.toString(timeLimit().toSeconds()))
                .serverSetting("timeout_before_checking_execution_speed", "0")
                .serverSetting("max_memory_usage", Long.toString(configuration.memory()))
                // Groups that take more memory go to disk, for example with very many integrations.
                .serverSetting("max_bytes_before_external_group_by", Long.toString(configuration.memory() / 4))
                .serverSetting("max_bytes_before_external_sort", Long.toString(configuration.memory() / 4))
                // A batch of old events may have more months than the default allows in one INSERT.
                .serverSetting("max_partitions_per_insert_block", "0")
                .serverSetting("wait_end_of_query", "1");
        clusterSettings().forEach(settings::serverSetting);
        own.forEach(settings::serverSetting);
        settings.setNetworkTimeout(socketTimeout().toMillis(), ChronoUnit.MILLIS);
        return settings;
    }

    /** On a cluster, a rebuild must see every row that is older than the grace, and its own writes. */
    private Map<String, String> clusterSettings() {
        if (address.cluster().isEmpty()) {
            return Map.of();
        }
        return Map.of(
                // The sharding key reads a dictionary.
                "allow_nondeterministic_optimize_skip_unused_shards", "1",
                // All reads and writes of a shard use the same replica, as long as it is up and not behind.
                "load_balancing", "in_order",
                // The local replica may be another one than the job wrote to.
                "prefer_localhost_replica", "0",
                "max_replica_delay_for_distributed_queries",
                        Long.toString(replicaDelay().toSeconds()),
                "fallback_to_stale_replicas_for_distributed_queries", "0",
                // All rows of an organisation are on one shard, so a subquery reads the shard of the outer query.
                "distributed_product_mode", "local",
                "optimize_skip_unused_shards", "1",
                // An INSERT ends when the shards have its rows, not before.
                "distributed_foreground_insert", "1",
                "parallel_distributed_insert_select", "0");
    }

    /**
     * Returns which replica of each shard is read now. Makes sure that these replicas have every row, in every table,
     * that was acknowledged before the replicas' delay. The engine itself checks only one table of a query, so it may
     * choose different replicas for different queries.
     *
     * @return each shard's number and host; empty on one node
     * @throws RollupException if a replica is further behind, or is read-only because it has lost Keeper
     */
    Set<String> replicasThatKeepUp() {
        if (address.cluster().isEmpty()) {
            return Set.of();
        }
        List<Replica> replicas = statement("""
                SELECT concat(toString(_shard_num), ' ', hostName()) AS replica, max(absolute_delay), max(is_readonly)
                FROM replicas
                WHERE database = {database:String}
                GROUP BY replica
                """)
                .bind("database", address.database())
                .list(row -> new Replica(row.nextString(), row.nextLong(), row.nextBoolean()));
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

    /**
     * Makes sure that no shard is without a job: nobody would count the events of its organisations, and the progress of
     * the others would be taken for theirs.
     *
     * @throws RollupException if the cluster has more shards than the setting says
     */
    void requireKnownShards() {
        if (address.shards() == 0) {
            return;
        }
        long shards = statement("SELECT uniqExact(shard_num) FROM system.clusters WHERE cluster = {cluster:String}")
                .bind("cluster", address.cluster().orElseThrow())
                .list(Row::nextLong)
                .getFirst();
        if (shards > address.shards()) {
            throw new RollupException(
                    "The cluster has %d shards, but quarry.clickhouse.shards is %d".formatted(shards, address.shards()),
                    null);
        }
    }

    private record Replica(String name, long secondsBehind, boolean readOnly) {}

    /** The time of the engine's clock. */
    Instant now() {
        return statement("SELECT now64(3, 'UTC')").list(Row::nextInstant).getFirst();
    }

    /** How far reads may be behind acknowledged inserts; zero on one node. */
    Duration replicaDelay() {
        return address.cluster().isPresent() ? configuration.replicaDelay() : Duration.ZERO;
    }

    /** The engine's time limit of a statement, in whole seconds. */
    private Duration timeLimit() {
        return Duration.ofSeconds(Math.max(1, configuration.statementTime().toSeconds()));
    }

    private Duration socketTimeout() {
        return timeLimit().plus(SOCKET_GRACE);
    }

    private static boolean isWorthRepeating(Throwable thrown) {
        return thrown instanceof ClickHouseException failed && failed.isWorthRepeating();
    }

    private static RollupException failure(Exception thrown) {
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        ClickHouseException failed = ClickHouseException.of(thrown);
        return new RollupException(
                "The engine failed to execute a statement of a rebuild: " + failed.getMessage(),
                failed.getCause(),
                failed.outcome() == QueryOutcome.FAILURE);
    }
}
