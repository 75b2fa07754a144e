package dev.quarry.schema;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.query.GenericRecord;
import dev.quarry.engine.EngineProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A PostgreSQL and an engine for all tests of this module; each test asks for an empty pair of databases. */
final class Stores {
    /** Every shard of it is the engine itself. */
    static final String CLUSTER = "two_shards";

    static final String SHARDED = "sharded";

    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Path FOLDER;
    private static final EngineProcess ENGINE;
    private static final EmbeddedPostgres POSTGRES;

    static {
        try {
            FOLDER = Files.createTempDirectory("quarry-schema");
            ENGINE = EngineProcess.start(EngineProcess.Options.at(FOLDER.resolve("engine"))
                    .withCluster(CLUSTER, 2)
                    .withSettings(settings())
                    .withLogFile(FOLDER.resolve("engine.log")));
            POSTGRES = EmbeddedPostgres.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(Stores::stop));
    }

    private Stores() {}

    static MigratorSettings fresh(Retention retention) {
        return fresh(retention, AcceptedTimes.standard());
    }

    static MigratorSettings fresh(Retention retention, AcceptedTimes acceptedTimes) {
        String database = "test_" + NEXT.incrementAndGet();
        try (Connection connection = POSTGRES.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + database);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
        return new MigratorSettings(
                clickHouse(database),
                new PostgresAddress(POSTGRES.getJdbcUrl("postgres", database), "postgres", ""),
                retention,
                acceptedTimes);
    }

    /** To be migrated as a cluster. Shards have rows of their own in the database {@link #SHARDED} alone. */
    static MigratorSettings cluster(String database) {
        MigratorSettings settings = fresh(Retention.longest());
        return new MigratorSettings(
                new ClickHouseAddress(
                        ENGINE.url(), database, "default", "", Optional.of(new Cluster(CLUSTER, false).withShards(2))),
                settings.postgres(),
                settings.retention(),
                settings.acceptedTimes());
    }

    /** The same PostgreSQL database, and an empty one in ClickHouse. */
    static MigratorSettings withFreshClickHouse(MigratorSettings settings) {
        return new MigratorSettings(
                clickHouse("test_" + NEXT.incrementAndGet()),
                settings.postgres(),
                settings.retention(),
                settings.acceptedTimes());
    }

    static List<GenericRecord> query(MigratorSettings settings, String sql) {
        try (Client client = settings.clickHouse().open()) {
            return new ClickHouseStatements(client).query(inDatabase(settings, sql));
        }
    }

    static void execute(MigratorSettings settings, String sql) {
        try (Client client = settings.clickHouse().open()) {
            new ClickHouseStatements(client).execute(inDatabase(settings, sql));
        }
    }

    /** The engine's HTTP address. */
    static String url() {
        return ENGINE.url();
    }

    /** Restarts the engine on the same data and address. */
    static void restart() {
        ENGINE.restart();
    }

    private static String inDatabase(MigratorSettings settings, String sql) {
        return sql.replace("${database}", settings.clickHouse().database());
    }

    private static ClickHouseAddress clickHouse(String database) {
        return new ClickHouseAddress(ENGINE.url(), database, "default", "");
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(IngestSettings.all());
        settings.put("additional_table_filters", shards());
        return settings;
    }

    /** Makes each shard of a local table see the rows that are its own; 0 is who asks for the local table itself. */
    private static String shards() {
        return ScriptFolder.read("/db/clickhouse").stream()
                .flatMap(script -> Pattern.compile("CREATE TABLE IF NOT EXISTS `.*`\\.(\\w+)")
                        .matcher(script.text())
                        .results())
                .map(table -> "'%s.%s_local':'shardNum() IN (0, %s %% 2 + 1)'"
                        .formatted(
                                SHARDED,
                                table.group(1),
                                ClusterDdl.shardingKey(SHARDED).replace("'", "\\'")))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static void stop() {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            ENGINE.close();
            POSTGRES.close();
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
