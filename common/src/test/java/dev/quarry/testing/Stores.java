package dev.quarry.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.schema.AcceptedTimes;
import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.EngineUsers;
import dev.quarry.schema.Eraser;
import dev.quarry.schema.Erasure;
import dev.quarry.schema.ExcludedUsers;
import dev.quarry.schema.Migrator;
import dev.quarry.schema.MigratorSettings;
import dev.quarry.schema.PostgresAddress;
import dev.quarry.schema.Retention;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * PostgreSQL and the ClickHouse engine, both real, with the tables of production. They start once for all tests of a
 * module, whatever their profiles. Each test creates its own organisations ({@link TestCaller#create}).
 *
 * <p>Set {@code QUARRY_CLICKHOUSE_URL} to run the tests against a ClickHouse server where the embedded engine does not
 * run.
 *
 * <p>System properties hold the addresses of the stores, because Quarkus loads this class once for itself and once more
 * for the tests.
 */
public final class Stores implements QuarkusTestResourceLifecycleManager {
    private static final String POSTGRES = "quarry.test.postgres";
    /** Statements on a table's parts. In a cluster they go to the local table. */
    private static final Pattern MAINTENANCE =
            Pattern.compile("\\A((?:(?:ALTER|OPTIMIZE|TRUNCATE) TABLE|DELETE FROM) \\w+)");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** A task that needs a connection to PostgreSQL. */
    @FunctionalInterface
    public interface PostgresWork {
        void run(Connection connection) throws SQLException;
    }

    @Override
    public Map<String, String> start() {
        synchronized (System.getProperties()) {
            if (System.getProperty(POSTGRES) == null) {
                startOnce();
            }
        }
        String jdbc = System.getProperty(POSTGRES);
        Map<String, String> settings = new HashMap<>(Map.of(
                "quarkus.datasource.reactive.url",
                jdbc.substring("jdbc:".length()).replaceFirst("\\?.*", ""),
                "quarkus.datasource.username",
                "postgres",
                "quarkus.datasource.password",
                "postgres",
                "quarry.clickhouse.url",
                TestEngine.url(),
                "quarry.clickhouse.database",
                TestEngine.DATABASE,
                "quarry.clickhouse.user",
                TestEngine.USER,
                "quarry.clickhouse.password",
                TestEngine.password()));
        if (TestEngine.hasUsers()) {
            settings.put("quarry.clickhouse.user", TestEngine.READER);
            settings.put("quarry.clickhouse.tenant-setting", EngineUsers.TENANT_SETTING);
            settings.put("quarry.rollup.user", TestEngine.REFINER);
            settings.put("quarry.rollup.password", TestEngine.password());
        }
        TestEngine.cluster().ifPresent(cluster -> {
            settings.put("quarry.clickhouse.cluster", cluster.name());
            settings.put("quarry.clickhouse.shards", Integer.toString(cluster.shards()));
        });
        return settings;
    }

    /** Does nothing: the stores serve the module's next test profile, and end with this JVM. */
    @Override
    public void stop() {}

    /** Inserts rows into a table of ClickHouse. Columns are matched by name. */
    public static void insert(String table, Collection<Map<String, Object>> rows) {
        execute(
                "INSERT INTO " + table + " FORMAT JSONEachRow",
                rows.stream().map(Stores::json).collect(Collectors.joining("\n")));
    }

    /** The eraser of {@code ./quarry erase}. The test runs the rollup job between deleting and finishing. */
    public static Eraser eraser(String organization, Erasure.Subject subject) {
        return eraser(organization, subject, TestEngine.url());
    }

    /** An eraser that fails when its engine dies. */
    public static Eraser eraser(String organization, Erasure.Subject subject, DyingEngine engine) {
        return eraser(organization, subject, engine.url());
    }

    /** The store of {@code ./quarry exclude-users}. */
    public static ExcludedUsers excludedUsers(String organization) {
        return new ExcludedUsers(
                organization,
                clickHouse(TestEngine.url()),
                new PostgresAddress(System.getProperty(POSTGRES), "postgres", "postgres"));
    }

    private static Eraser eraser(String organization, Erasure.Subject subject, String engine) {
        return new Eraser(
                new Erasure(organization, subject),
                clickHouse(engine),
                new PostgresAddress(System.getProperty(POSTGRES), "postgres", "postgres"));
    }

    /**
     * Runs a statement that a service may not run: DDL, or a query across tenants. Returns the result in the format
     * TabSeparated.
     */
    public static String execute(String sql) {
        // In the body, because a URL has a maximum length.
        return execute(
                "", TestEngine.cluster().isPresent() ? MAINTENANCE.matcher(sql).replaceFirst("$1_local") : sql);
    }

    /**
     * Creates a table that the migrator does not know, if it does not exist. On a cluster, all shards have the same rows in
     * it, and a rollup job finds it in the database of its shard.
     *
     * @param definition columns and engine
     */
    public static void createTable(String name, String definition) {
        if (!TestEngine.isCluster()) {
            execute("CREATE TABLE IF NOT EXISTS %s %s".formatted(name, definition));
            return;
        }
        execute("CREATE TABLE IF NOT EXISTS %s_local %s".formatted(name, definition));
        distribute(TestEngine.DATABASE, name, 1);
        for (int shard = 1; shard <= TestEngine.shards(); shard++) {
            distribute(TestEngine.databaseOfShard(shard), name, shard);
        }
    }

    private static void distribute(String database, String name, int shard) {
        execute("CREATE TABLE IF NOT EXISTS %s.%s AS %s_local ENGINE = Distributed('%s', '%s', '%s_local')"
                .formatted(database, name, name, TestEngine.clusterOfShard(shard), TestEngine.DATABASE, name));
    }

    /**
     * Deletes all rows from ClickHouse. Call this after a test that wrote rows of very many months: each month is a
     * part of its own, and every later mutation would read all parts.
     */
    public static void empty() {
        execute("""
                SELECT name FROM system.tables
                WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name != 'schema_migrations'
                """).lines().forEach(table -> execute("TRUNCATE TABLE `" + table + "`", ""));
    }

    /** Host, port and database of PostgreSQL. */
    static URI postgres() {
        return URI.create(System.getProperty(POSTGRES).substring("jdbc:".length()));
    }

    public static void inPostgres(PostgresWork work) {
        // DriverManager finds only drivers of the class loader of the module's first test profile.
        PGSimpleDataSource postgres = new PGSimpleDataSource();
        postgres.setUrl(System.getProperty(POSTGRES));
        try (Connection connection = postgres.getConnection("postgres", "postgres")) {
            work.run(connection);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void startOnce() {
        TestEngine.start();
        EmbeddedPostgres postgres = startPostgres();
        String jdbc = postgres.getJdbcUrl("postgres", "postgres");
        Migrator.migrate(new MigratorSettings(
                clickHouse(TestEngine.url()),
                new PostgresAddress(jdbc, "postgres", "postgres"),
                Retention.longest(),
                AcceptedTimes.widest()));
        if (TestEngine.isCluster()) {
            TestEngine.separateShards();
        }
        if (TestEngine.hasUsers()) {
            TestEngine.addUsers(EngineUsers.of(clickHouse(TestEngine.url())));
        }
        System.setProperty(POSTGRES, jdbc);
    }

    private static ClickHouseAddress clickHouse(String url) {
        return new ClickHouseAddress(
                url, TestEngine.DATABASE, TestEngine.USER, TestEngine.password(), TestEngine.cluster());
    }

    /** A shutdown hook of EmbeddedPostgres stops it. */
    private static EmbeddedPostgres startPostgres() {
        try {
            return EmbeddedPostgres.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String execute(String sql, String body) {
        String query = "?database=" + TestEngine.DATABASE + "&query=" + URLEncoder.encode(sql, StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(URI.create(TestEngine.url() + "/" + query))
                .header("X-ClickHouse-User", TestEngine.USER)
                .header("X-ClickHouse-Key", TestEngine.password())
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(response.body());
            }
            return response.body();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static String json(Map<String, Object> row) {
        try {
            return JSON.writeValueAsString(row);
        } catch (JsonProcessingException unserialisable) {
            throw new IllegalArgumentException(unserialisable);
        }
    }
}
