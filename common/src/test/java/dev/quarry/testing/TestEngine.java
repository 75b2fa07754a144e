package dev.quarry.testing;

import dev.quarry.engine.EngineProcess;
import dev.quarry.schema.Cluster;
import dev.quarry.schema.IngestSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The engine that {@link Stores} started, which a test may kill and bring back; or the ClickHouse server at
 * {@code QUARRY_CLICKHOUSE_URL}, which it may not.
 *
 * <p>With {@code -Dquarry.test.cluster=true} it is a cluster of two shards, of which each has the rows of its own organisations
 * although both are the one engine: a query that asks the wrong shard misses rows, one that asks both without need is refused.
 */
public final class TestEngine {
    static final String DATABASE = "quarry_test_" + ProcessHandle.current().pid();
    static final String USER = System.getenv().getOrDefault("QUARRY_CLICKHOUSE_USER", "default");

    private static final String EXTERNAL_URL = System.getenv("QUARRY_CLICKHOUSE_URL");
    private static final String URL = "quarry.test.engine.url";
    private static final String PID = "quarry.test.engine.pid";
    private static final String DATA = "quarry.test.engine.data";
    private static final String FILTERS = "quarry.test.engine.filters";

    private static final Cluster SHARDS = new Cluster("two_shards", false);

    private TestEngine() {}

    /** Whether it is this JVM's own, so that it may be killed. */
    public static boolean isOurs() {
        return EXTERNAL_URL == null;
    }

    /** As {@code kill -9}; does nothing if it is dead already. */
    public static void kill() {
        process().ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }

    /** Brings it back on the same port and data; does nothing if it is alive. */
    public static void restart() {
        if (process().isEmpty()) {
            launch(Path.of(System.getProperty(DATA)), URI.create(url()).getPort());
        }
    }

    /** Whether it is a cluster. */
    public static boolean isCluster() {
        return Boolean.getBoolean("quarry.test.cluster");
    }

    static Optional<Cluster> cluster() {
        return isCluster() ? Optional.of(SHARDS) : Optional.empty();
    }

    /** Keeps the rows of the shards apart, once their tables are there. */
    static void separateShards() {
        // 0 is who asks for a local table without asking a shard.
        System.setProperty(FILTERS, Stores.execute("""
                        SELECT concat('{', arrayStringConcat(groupArray(concat('\\'', database, '.', name,
                            '\\':\\'shardNum() IN (0, cityHash64(organization_id) % 2 + 1)\\'')), ','), '}')
                        FROM system.tables
                        WHERE database = currentDatabase() AND name LIKE '%\\\\_local'
                        FORMAT TSVRaw
                        """).strip());
        kill();
        restart();
    }

    static void start() {
        if (isOurs()) {
            try {
                Path data = Files.createTempDirectory("quarry-test-engine");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(data)));
                launch(data, 0);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    static String url() {
        return isOurs() ? System.getProperty(URL) : EXTERNAL_URL;
    }

    static String password() {
        return System.getenv().getOrDefault("QUARRY_CLICKHOUSE_PASSWORD", "");
    }

    private static void launch(Path data, int port) {
        Map<String, String> settings = new TreeMap<>(IngestSettings.all());
        EngineProcess.Options options =
                EngineProcess.Options.at(data).withPort(port).withUser(USER, password());
        if (isCluster()) {
            settings.put("additional_table_filters", System.getProperty(FILTERS, "{}"));
            options = options.withCluster(SHARDS.name(), 2);
        }
        options = options.withSettings(settings);
        EngineProcess engine = EngineProcess.start(options);
        System.setProperty(URL, engine.url());
        System.setProperty(PID, Long.toString(engine.pid()));
        System.setProperty(DATA, data.toString());
    }

    private static Optional<ProcessHandle> process() {
        return ProcessHandle.of(Long.parseLong(System.getProperty(PID))).filter(ProcessHandle::isAlive);
    }

    private static void delete(Path data) {
        kill();
        try (var files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
