package dev.quarry.schema;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The statements of {@code db/access} with their values: first users, then their rights on each table. */
final class AccessStatements {
    /** A table with rows of tenants: bronze, or silver and gold. */
    record Table(String name, boolean bronze) {}

    private final Map<String, String> values;
    private final boolean clustered;
    private final List<String> shardDatabases;

    AccessStatements(AccountPasswords access, String database, Optional<Cluster> cluster) {
        this.clustered = cluster.isPresent();
        this.shardDatabases =
                cluster.map(named -> ShardDatabases.names(named, database)).orElse(List.of());
        this.values = Map.of(
                "database", database,
                "on_cluster", cluster.map(Cluster::onCluster).orElse(""),
                "reader_password_hash", access.reader(),
                "refiner_password_hash", access.refiner(),
                "ingest_password_hash", access.ingest(),
                "ingest_settings", IngestSettings.constant(),
                "insert_quorum", cluster.map(AccessStatements::quorum).orElse(""));
    }

    private static String quorum(Cluster cluster) {
        return cluster.insertQuorum() > 1 ? ",\n    insert_quorum = " + cluster.insertQuorum() : "";
    }

    List<String> of(List<Table> tables) {
        List<String> statements = new ArrayList<>(fill("1_users.sql", values));
        if (clustered) {
            statements.addAll(fill("2_cluster.sql", values));
        }
        for (Table table : tables) {
            Map<String, String> ofTable = new HashMap<>(values);
            ofTable.put("table", table.name());
            statements.addAll(fill("3_every_table.sql", ofTable));
            statements.addAll(fill(table.bronze() ? "4_bronze_table.sql" : "5_gold_table.sql", ofTable));
        }
        for (String shardDatabase : shardDatabases) {
            Map<String, String> ofShard = new HashMap<>(values);
            ofShard.put("shard_database", shardDatabase);
            statements.addAll(fill("6_shard.sql", ofShard));
        }
        return statements;
    }

    private static List<String> fill(String name, Map<String, String> values) {
        return Statements.of(new Placeholders(values).fill(new Script.Repeatable(name, read(name))));
    }

    private static String read(String name) {
        try (InputStream file = AccessStatements.class.getResourceAsStream("/db/access/" + name)) {
            if (file == null) {
                throw new MigrationException("The program has no /db/access/" + name + ".");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new MigrationException("The program's /db/access/" + name + " cannot be read.", unreadable);
        }
    }
}
