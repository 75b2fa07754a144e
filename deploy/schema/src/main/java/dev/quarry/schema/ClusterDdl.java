package dev.quarry.schema;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts a migration's statement, which is written for one node, to its form on a {@link Cluster}. Each table becomes
 *
 * <ul>
 *   <li>{@code <table>_local} on every node, with the rows of the node's shard, replicated within the shard, and
 *   <li>{@code <table>}, which reads and writes all of them: a row's organisation determines its shard.
 * </ul>
 *
 * <p>The shard of an organisation is in the table {@code shard_assignments}, which the dictionary {@code shards} has in
 * memory. The hash of its id determines the shard of any other organisation.
 *
 * <p>A materialized view goes from local table to local table, so it runs on the shard of the inserted rows. Other views
 * read the distributed tables. This class refuses unknown statements, so that nothing is created on one node only.
 */
final class ClusterDdl {
    /** Can log in from its own node only, without a password, and can read only shard_assignments. */
    static final String SHARD_READER = "quarry_shards";

    /** The table of the replicas' delays. */
    static final String REPLICAS = "replicas";

    private static final Pattern COMMENTS = Pattern.compile("\\A(?:\\s*--[^\\n]*\\n)*\\s*");
    private static final Pattern ENGINE =
            Pattern.compile("^ENGINE = (\\w*MergeTree)(?:\\(([^()]*)\\))?$", Pattern.MULTILINE);
    private static final Pattern SETTINGS = Pattern.compile("^SETTINGS ", Pattern.MULTILINE);
    private static final Pattern COMMENT = Pattern.compile("^COMMENT ", Pattern.MULTILINE);
    private static final String NO_DEDUPLICATION =
            "replicated_deduplication_window = 0, replicated_deduplication_window_for_async_inserts = 0";
    private static final Pattern ORGANIZATION = Pattern.compile("^ +organization_id ", Pattern.MULTILINE);

    private final Cluster cluster;
    private final String database;
    private final Pattern table;
    private final Pattern createTable;
    private final Pattern createMaterializedView;
    private final Pattern createView;
    private final Pattern alterTable;
    private final Pattern drop;
    private final Pattern insert;

    /** @param database the database before each table's name in the statements: {@code `database`.table} */
    ClusterDdl(Cluster cluster, String database) {
        this.cluster = cluster;
        this.database = database;
        String name = Pattern.quote("`" + database + "`.") + "(\\w+)";
        this.table = Pattern.compile(name);
        this.createTable = Pattern.compile("CREATE TABLE IF NOT EXISTS " + name + "(?=\\s*\\()");
        this.createMaterializedView = Pattern.compile("CREATE MATERIALIZED VIEW IF NOT EXISTS " + name + "(?= TO )");
        this.createView = Pattern.compile("CREATE OR REPLACE VIEW " + name + "(?= AS)");
        this.alterTable = Pattern.compile("ALTER TABLE " + name + " (\\w+) (\\w+)");
        this.drop = Pattern.compile("DROP (TABLE|VIEW) IF EXISTS " + name + "\\s*\\z");
        this.insert = Pattern.compile("INSERT INTO " + name);
    }

    /**
     * Converts a statement.
     *
     * @return the statements to run instead, in order
     * @throws MigrationException if the statement has no form on a cluster
     */
    List<String> of(String commented) {
        String statement = COMMENTS.matcher(commented).replaceFirst("");
        Matcher head = createTable.matcher(statement);
        if (head.lookingAt()) {
            return List.of(localTable(statement, head), distributedTable(head.group(1)));
        }
        head.usePattern(createMaterializedView);
        if (head.lookingAt()) {
            String definition = statement.substring(head.end());
            return List.of(head.group() + cluster.onCluster() + ofLocalTables(definition));
        }
        head.usePattern(createView);
        if (head.lookingAt()) {
            return List.of(head.group() + cluster.onCluster() + statement.substring(head.end()));
        }
        head.usePattern(alterTable);
        if (head.lookingAt()) {
            return altered(statement, head);
        }
        head.usePattern(drop);
        if (head.lookingAt()) {
            return dropped(head);
        }
        head.usePattern(insert);
        if (head.lookingAt()) {
            return List.of(statement);
        }
        throw new MigrationException("On a cluster there is no form for: %s"
                .formatted(statement.lines().findFirst().orElse("")));
    }

    /** {@return the engine of the table of applied migrations, which has the same rows on all nodes of all shards} */
    String historyEngine() {
        return everywhere("schema_migrations");
    }

    private String everywhere(String table) {
        return cluster.replicated()
                ? "ReplicatedMergeTree('/clickhouse/tables/%s/%s', '{shard}-{replica}')".formatted(database, table)
                : "MergeTree";
    }

    /**
     * The sharding key of all distributed tables, as SQL. All rows of an organisation are on the same shard: the key modulo the
     * number of shards, from 0. The cast is for LowCardinality columns, because the dictionary's key is a String.
     */
    static String shardingKey(String database) {
        return "dictGetOrDefault('%s.shards', 'slot', tuple(CAST(organization_id AS String)), cityHash64(organization_id))"
                .formatted(database);
    }

    /** {@return the assigned shards, with the same rows on all nodes of all shards, and the dictionary of them} */
    List<String> shards() {
        return List.of(
                """
                CREATE TABLE IF NOT EXISTS %s%s
                (
                    organization String COMMENT 'Id of the organisation',
                    shard UInt32 COMMENT 'Its shard, from 1; 0 for the shard of its hash',
                    assigned_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'The newest assignment counts'
                )
                ENGINE = %s
                ORDER BY (organization, assigned_at)
                COMMENT 'Organisations whose shard does not follow from the hash of their id'
                """.formatted(distributed("shard_assignments"), cluster.onCluster(), everywhere("shard_assignments")),
                """
                CREATE DICTIONARY IF NOT EXISTS %s%s
                (
                    organization String,
                    slot UInt64
                )
                PRIMARY KEY organization
                SOURCE(CLICKHOUSE(USER '%s' QUERY 'SELECT organization, toUInt64(argMax(shard, assigned_at) - 1) AS slot FROM %s.shard_assignments GROUP BY organization HAVING argMax(shard, assigned_at) > 0'))
                LAYOUT(COMPLEX_KEY_HASHED())
                LIFETIME(MIN 30 MAX 60)
                COMMENT 'The shard of each organisation in shard_assignments, from 0'
                """.formatted(
                                distributed("shards"),
                                cluster.onCluster(),
                                cluster.replicated() ? SHARD_READER : "default",
                                database));
    }

    /** {@return the statements for the user of the dictionary} */
    List<String> shardReader() {
        return List.of(
                "CREATE USER IF NOT EXISTS %s%s IDENTIFIED WITH no_password HOST LOCAL"
                        .formatted(SHARD_READER, cluster.onCluster()),
                "GRANT%s SELECT ON %s TO %s"
                        .formatted(cluster.onCluster(), distributed("shard_assignments"), SHARD_READER));
    }

    /** {@return a table of the delay of one replica of each shard: the rollup job must not read a replica too far behind} */
    String replicas() {
        return """
                CREATE TABLE IF NOT EXISTS %s%s
                (
                    database String,
                    table String,
                    is_readonly UInt8,
                    absolute_delay UInt64 COMMENT 'Seconds'
                )
                ENGINE = Distributed('%s', 'system', 'replicas')
                COMMENT 'How far the replicas are behind'
                """.formatted(distributed(REPLICAS), cluster.onCluster(), cluster.name());
    }

    private String localTable(String statement, Matcher head) {
        String name = head.group(1);
        if (!ORGANIZATION.matcher(statement).find()) {
            throw new MigrationException(
                    "Table %s has no column organization_id, by which a cluster shards.".formatted(name));
        }
        Matcher engine = ENGINE.matcher(statement);
        if (engine.results().count() != 1) {
            throw new MigrationException(
                    "Table %s must have one line like: ENGINE = ReplacingMergeTree(version)".formatted(name));
        }
        String definition = engine.reset()
                .replaceFirst(found -> Matcher.quoteReplacement(engine(name, found.group(1), found.group(2))))
                .substring(head.end());
        return "CREATE TABLE IF NOT EXISTS " + local(name) + cluster.onCluster()
                + (cluster.replicated() ? withoutDeduplication(definition) : definition);
    }

    /** Without deduplication, as on one node: it would silently drop a batch that is loaded again. */
    private static String withoutDeduplication(String definition) {
        Matcher settings = SETTINGS.matcher(definition);
        if (settings.find()) {
            return settings.replaceFirst("SETTINGS " + NO_DEDUPLICATION + ", ");
        }
        Matcher comment = COMMENT.matcher(definition);
        return comment.find()
                ? comment.replaceFirst("SETTINGS " + NO_DEDUPLICATION + "\nCOMMENT ")
                : definition + "\nSETTINGS " + NO_DEDUPLICATION;
    }

    /** The path contains only names that never change, so that a new replica finds the others of its shard. */
    private String engine(String name, String family, String arguments) {
        if (!cluster.replicated()) {
            return "ENGINE = %s%s".formatted(family, arguments == null ? "" : "(" + arguments + ")");
        }
        return "ENGINE = Replicated%s('/clickhouse/tables/{shard}/%s/%s_local', '{replica}'%s)"
                .formatted(family, database, name, arguments == null ? "" : ", " + arguments);
    }

    private String distributedTable(String name) {
        return "CREATE TABLE IF NOT EXISTS %s%s AS %s ENGINE = Distributed('%s', '%s', '%s_local', %s)"
                .formatted(
                        distributed(name),
                        cluster.onCluster(),
                        local(name),
                        cluster.name(),
                        database,
                        name,
                        shardingKey(database));
    }

    /** Columns are changed in both tables, everything else in the local table. */
    private List<String> altered(String statement, Matcher head) {
        String change = statement.substring(head.start(2));
        String local = "ALTER TABLE %s%s %s".formatted(local(head.group(1)), cluster.onCluster(), change);
        String distributed = "ALTER TABLE %s%s %s".formatted(distributed(head.group(1)), cluster.onCluster(), change);
        return switch (head.group(2) + " " + head.group(3)) {
            case "ADD COLUMN", "MODIFY COLUMN", "RENAME COLUMN", "COMMENT COLUMN" -> List.of(local, distributed);
            case "DROP COLUMN" -> List.of(distributed, local);
            case "MODIFY QUERY" ->
                throw new MigrationException("On a cluster, drop view %s and create it anew.".formatted(head.group(1)));
            default -> List.of(local);
        };
    }

    /** SYNC, so that the table can be created again at the same path. */
    private List<String> dropped(Matcher head) {
        String name = head.group(2);
        String distributed =
                "DROP %s IF EXISTS %s%s SYNC".formatted(head.group(1), distributed(name), cluster.onCluster());
        return head.group(1).equals("VIEW")
                ? List.of(distributed)
                : List.of(distributed, "DROP TABLE IF EXISTS %s%s SYNC".formatted(local(name), cluster.onCluster()));
    }

    private String ofLocalTables(String definition) {
        return table.matcher(definition).replaceAll(found -> Matcher.quoteReplacement(local(found.group(1))));
    }

    private String local(String name) {
        return distributed(name) + "_local";
    }

    private String distributed(String name) {
        return "`%s`.%s".formatted(database, name);
    }
}
