package dev.quarry.schema;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.ServerException;
import com.clickhouse.client.api.query.GenericRecord;
import dev.quarry.schema.AccessStatements.Table;
import dev.quarry.schema.MigrationReport.Applied;
import dev.quarry.schema.MigrationReport.Store;
import dev.quarry.schema.Script.Repeatable;
import dev.quarry.schema.Script.Versioned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Applies {@code db/clickhouse}, and records the applied files with their checksums in the table
 * {@code schema_migrations}.
 *
 * <p>ClickHouse has no transactions for DDL. So it records a file after the file's last statement, and all statements may
 * run again: if a run is killed inside a file, the next run completes it. The caller holds the {@link MigrationLock}.
 */
final class ClickHouseMigrations {
    /** The migration that tells services a shorter retention. */
    private static final String ANNOUNCEMENT = "R__announced_retention.sql";

    /** Stands for the checksum of a repeatable file while the file replaces an earlier form of itself. */
    private static final String UNFINISHED = "unfinished";

    /** Services read the retention every second; a running query may take a little longer. */
    private static final Duration ANNOUNCED_AHEAD = Duration.ofSeconds(3);

    private final ClickHouseStatements clickHouse;
    private final String database;
    private final Optional<Cluster> cluster;
    private final Optional<AccountPasswords> access;
    private final Retention retention;
    private Placeholders placeholders;
    private final List<Versioned> versioned;
    private final List<Repeatable> repeatable;

    ClickHouseMigrations(ClickHouseStatements clickHouse, MigratorSettings settings, List<Script> scripts) {
        this.clickHouse = clickHouse;
        this.database = settings.clickHouse().database();
        this.cluster = settings.clickHouse().cluster();
        this.access = settings.access();
        this.retention = settings.retention();
        this.placeholders = Placeholders.of(database, settings.retention(), settings.acceptedTimes());
        this.versioned = scripts.stream()
                .filter(Versioned.class::isInstance)
                .map(Versioned.class::cast)
                .sorted(Comparator.comparingInt(Versioned::version))
                .toList();
        this.repeatable = scripts.stream()
                .filter(Repeatable.class::isInstance)
                .map(Repeatable.class::cast)
                .sorted(Comparator.comparing(Repeatable::name))
                .toList();
        requireDistinctVersions();
    }

    List<Applied> apply() {
        cluster.ifPresent(this::completeNewcomers);
        // On a cluster only if necessary: ON CLUSTER waits for nodes that are down.
        if (cluster.isEmpty() || !hasHistory()) {
            createHistory();
        }
        cluster.filter(Cluster::replicated)
                .ifPresent(named -> new ClusterNodes(clickHouse, named, database).completeShardReader());
        Map<String, String> history = history();
        requireUnchanged(history);
        RetentionChange change = RetentionChange.of(clickHouse, database, retention);
        placeholders = placeholders.with(change.placeholders());

        List<Applied> applied = new ArrayList<>();
        for (Versioned script : versioned) {
            if (!history.containsKey(script.name())) {
                applied.add(apply(script, Script.checksum(script.text())));
            }
        }
        for (Repeatable script : repeatable) {
            String checksum = Script.checksum(placeholders.fill(script));
            if (!checksum.equals(history.get(script.name()))) {
                // If this run fails, the earlier form is no longer wholly in force: a return to it must be applied too.
                if (history.containsKey(script.name())) {
                    record(script, UNFINISHED, Duration.ZERO);
                }
                applied.add(apply(script, checksum));
                if (script.name().equals(ANNOUNCEMENT) && change.shorter()) {
                    waitForServices();
                }
            }
        }
        cluster.ifPresent(named -> new ShardDatabases(clickHouse, named, database).complete());
        access.ifPresent(passwords -> applied.add(grant(passwords)));
        return applied;
    }

    private void completeNewcomers(Cluster named) {
        new ClusterNodes(clickHouse, named, database).completeNewcomers();
        for (String ofShard : ShardDatabases.names(named, database)) {
            new ClusterNodes(clickHouse, named, ofShard).completeNewcomers();
        }
    }

    private static void waitForServices() {
        try {
            Thread.sleep(ANNOUNCED_AHEAD);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new MigrationException("Interrupted before the retention was made shorter.", interruption);
        }
    }

    /** Runs each time, because it depends not only on files but also on tables, passwords and nodes. */
    private Applied grant(AccountPasswords passwords) {
        long start = System.nanoTime();
        for (String statement :
                new AccessStatements(passwords, database, cluster).of(tenantTables(clickHouse, database))) {
            try {
                clickHouse.execute(statement);
            } catch (ClickHouseException failure) {
                // The message has neither the statement nor the engine's message: both may contain a hash.
                int code = failure instanceof ServerException refusal ? refusal.getCode() : 0;
                throw new MigrationException(
                        "ClickHouse refused to set up its users, in a statement of db/access, with code %d."
                                .formatted(code),
                        failure);
            }
        }
        return new Applied(Store.CLICKHOUSE, "access", Duration.ofNanos(System.nanoTime() - start));
    }

    static List<Table> tenantTables(ClickHouseStatements clickHouse, String database) {
        return clickHouse.query("""
                        SELECT name, startsWith(comment, 'Bronze') AS bronze
                        FROM system.tables
                        WHERE database = '%s'
                          AND (engine LIKE '%%MergeTree' OR engine = 'Distributed')
                          AND name NOT IN ('replicas', 'schema_migrations', 'shard_assignments')
                        ORDER BY name
                        """.formatted(database)).stream()
                .map(row -> new Table(row.getString("name"), row.getBoolean("bronze")))
                .toList();
    }

    private Applied apply(Script script, String checksum) {
        long start = System.nanoTime();
        List<String> statements = statements(script);
        for (int index = 0; index < statements.size(); index++) {
            try {
                clickHouse.execute(statements.get(index));
            } catch (ClickHouseException failure) {
                throw new MigrationException(
                        "ClickHouse refused statement %d of %d in %s: %s"
                                .formatted(index + 1, statements.size(), script.name(), failure.getMessage()),
                        failure);
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        record(script, checksum, took);
        return new Applied(Store.CLICKHOUSE, script.name(), took);
    }

    private List<String> statements(Script script) {
        List<String> statements = Statements.of(placeholders.fill(script));
        if (cluster.isEmpty()) {
            return statements;
        }
        ClusterDdl form = new ClusterDdl(cluster.get(), database);
        try {
            return statements.stream()
                    .flatMap(statement -> form.of(statement).stream())
                    .toList();
        } catch (MigrationException unknown) {
            throw new MigrationException("%s: %s".formatted(script.name(), unknown.getMessage()), unknown);
        }
    }

    private boolean hasHistory() {
        return clickHouse
                        .query(
                                "SELECT count() AS tables FROM system.tables WHERE database = '%s' AND name = 'schema_migrations'"
                                        .formatted(database))
                        .getFirst()
                        .getLong("tables")
                > 0;
    }

    private void createHistory() {
        String onCluster = cluster.map(Cluster::onCluster).orElse("");
        clickHouse.execute("CREATE DATABASE IF NOT EXISTS `%s`%s ENGINE = Atomic".formatted(database, onCluster));
        cluster.ifPresent(named -> {
            ClusterDdl ddl = new ClusterDdl(named, database);
            clickHouse.execute(ddl.replicas());
            ddl.shards().forEach(clickHouse::execute);
        });
        clickHouse.execute("""
                CREATE TABLE IF NOT EXISTS `%s`.schema_migrations%s
                (
                    script String,
                    checksum String COMMENT 'SHA-256 of the file; of a repeatable file, with its placeholders filled in',
                    applied_at DateTime64(6, 'UTC') DEFAULT now64(6),
                    duration_ms UInt32
                )
                ENGINE = %s
                ORDER BY (script, applied_at)
                COMMENT 'Applied migrations of this database'
                """.formatted(
                        database,
                        onCluster,
                        cluster.map(named -> new ClusterDdl(named, database).historyEngine())
                                .orElse("MergeTree")));
    }

    /** {@return the checksum with which each script was last applied, by the script's name} */
    private Map<String, String> history() {
        Map<String, String> history = new HashMap<>();
        for (GenericRecord row : clickHouse.query("""
                SELECT script, argMax(checksum, applied_at) AS last_checksum
                FROM `%s`.schema_migrations
                GROUP BY script
                """.formatted(database))) {
            history.put(row.getString("script"), row.getString("last_checksum"));
        }
        return history;
    }

    private void record(Script script, String checksum, Duration took) {
        clickHouse.execute(
                """
                INSERT INTO `%s`.schema_migrations (script, checksum, duration_ms)
                SELECT {script:String}, {checksum:String}, {duration:UInt32}
                """.formatted(database),
                Map.of("script", script.name(), "checksum", checksum, "duration", took.toMillis()));
    }

    private void requireUnchanged(Map<String, String> history) {
        for (Versioned script : versioned) {
            String applied = history.get(script.name());
            if (applied != null && !applied.equals(Script.checksum(script.text()))) {
                throw new MigrationException("""
                        %s was changed after it was applied to ClickHouse database %s: \
                        restore the file and put the change into a new one.""".formatted(script.name(), database));
            }
        }
        List<Versioned> done = versioned.stream()
                .filter(script -> history.containsKey(script.name()))
                .toList();
        Optional<Versioned> late = done.isEmpty()
                ? Optional.empty()
                : versioned.stream()
                        .filter(script -> !history.containsKey(script.name()))
                        .filter(script -> script.version() < done.getLast().version())
                        .findFirst();
        if (late.isPresent()) {
            throw new MigrationException(
                    "%s comes before %s, which ClickHouse database %s already has: give it a later number."
                            .formatted(late.get().name(), done.getLast().name(), database));
        }
    }

    private void requireDistinctVersions() {
        Set<Integer> versions = new HashSet<>();
        for (Versioned script : versioned) {
            if (!versions.add(script.version())) {
                throw new MigrationException("Two ClickHouse migrations have version %d.".formatted(script.version()));
            }
        }
    }
}
