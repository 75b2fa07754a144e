package dev.quarry.schema;

import static java.util.Objects.requireNonNull;

import com.clickhouse.client.api.query.GenericRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Deletes or changes stored rows, and waits until no node has the earlier rows in a file any more, which may take hours.
 *
 * <p>On a cluster, ClickHouse does not wait that long: a statement {@code ON CLUSTER} fails after {@code
 * distributed_ddl_task_timeout} (180 s) although the mutation goes on. So the statement does not wait there, and the
 * replicas are asked until all of them have finished.
 */
record Mutations(ClickHouseStatements clickHouse, ClickHouseAddress address) {
    /**
     * How long a mutation may fail, or a replica of the cluster may lack it, before the wait ends. A replica may wait 5
     * minutes before it tries a failed mutation again, and a node may restart.
     */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    Mutations {
        requireNonNull(clickHouse, "clickHouse is null");
        requireNonNull(address, "address is null");
    }

    /**
     * Runs a mutation.
     *
     * @param change ends with a condition, to which one more is added
     * @param parameters bound by the server to <code>{name:Type}</code>
     * @throws MigrationException if a replica cannot finish it; it goes on trying
     */
    void run(String table, String change, Map<String, Object> parameters) {
        if (address.cluster().isPresent()) {
            run(address.cluster().get(), table + "_local", change, parameters);
        } else {
            clickHouse.execute(
                    "ALTER TABLE `%s`.%s %s SETTINGS mutations_sync = 2".formatted(address.database(), table, change),
                    parameters);
        }
    }

    private void run(Cluster cluster, String table, String change, Map<String, Object> parameters) {
        // Each shard gives its mutation another id, which nobody is told. So a condition that is always true names it.
        String name = UUID.randomUUID().toString();
        Map<String, Object> named = new HashMap<>(parameters);
        named.put("mutation", name);
        clickHouse.execute(
                "ALTER TABLE `%s`.%s%s %s AND {mutation:String} != '' SETTINGS mutations_sync = 0"
                        .formatted(address.database(), table, cluster.onCluster(), change),
                named);
        waitFor(cluster, table, name);
    }

    private void waitFor(Cluster cluster, String table, String name) {
        long lastProgress = System.nanoTime();
        Duration pause = SHORTEST_PAUSE;
        while (true) {
            GenericRecord state = state(cluster, table, name);
            if (state.getLong("done") >= state.getLong("replicas")) {
                return;
            }
            Optional<String> trouble = trouble(table, state);
            if (trouble.isEmpty()) {
                lastProgress = System.nanoTime();
            } else if (System.nanoTime() - lastProgress >= PATIENCE.toNanos()) {
                throw new MigrationException(trouble.get());
            }
            sleep(pause);
            Duration longer = pause.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        }
    }

    private static Optional<String> trouble(String table, GenericRecord state) {
        String reason = state.getString("reason");
        if (!reason.isEmpty()) {
            return Optional.of("ClickHouse cannot rewrite %s and goes on trying: %s".formatted(table, reason));
        }
        long known = state.getLong("known");
        long replicas = state.getLong("replicas");
        return known >= replicas
                ? Optional.empty()
                : Optional.of(
                        "%d of %d replicas do not answer, or do not know yet that they have to rewrite %s: run the"
                                        .formatted(replicas - known, replicas, table)
                                + " same command again when they are back.");
    }

    /** A replica that does not answer is missing among those that know the mutation. */
    private GenericRecord state(Cluster cluster, String table, String name) {
        return clickHouse
                .query(
                        """
                        SELECT
                            (SELECT uniqExact(host_name, port) FROM system.clusters WHERE cluster = {cluster:String}) AS replicas,
                            count() AS known,
                            countIf(is_done) AS done,
                            maxIf(latest_fail_reason, NOT is_done) AS reason
                        FROM clusterAllReplicas('%s', system.mutations)
                        WHERE database = {database:String} AND table = {table:String}
                          AND position(command, {mutation:String}) > 0
                        SETTINGS skip_unavailable_shards = 1
                        """.formatted(cluster.name()),
                        Map.of(
                                "cluster",
                                cluster.name(),
                                "database",
                                address.database(),
                                "table",
                                table,
                                "mutation",
                                name))
                .getFirst();
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new MigrationException("Interrupted while ClickHouse rewrote a table.", interruption);
        }
    }
}
