package dev.quarry.testing;

import dev.quarry.engine.EngineProcess;
import dev.quarry.schema.Cluster;
import dev.quarry.schema.EngineUsers;
import dev.quarry.schema.IngestSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The engine that {@link Stores} started, which a test may kill and restart; or the ClickHouse server at
 * {@code QUARRY_CLICKHOUSE_URL}, which a test must not kill.
 *
 * <p>With {@code -Dquarry.test.cluster=true} it is a cluster of two shards. Each shard has the rows of its own
 * organisations, although both are the same engine: a query to the wrong shard misses rows, and an unnecessary query to
 * both shards is refused. The rollup job refines each shard apart, in a database of its own.
 *
 * <p>With {@code -Dquarry.test.users=true} a service reads as {@code quarry_reader} and its rollup job writes as {@code
 * quarry_refiner}, with the grants and row policies that the migrator writes on a server.
 */
public final class TestEngine {
    static final String DATABASE = "quarry_test_" + ProcessHandle.current().pid();
    static final String READER = "quarry_reader";
    static final String REFINER = "quarry_refiner";
    static final String USER = System.getenv().getOrDefault("QUARRY_CLICKHOUSE_USER", "default");

    private static final String EXTERNAL_URL = System.getenv("QUARRY_CLICKHOUSE_URL");
    private static final String URL = "quarry.test.engine.url";
    private static final String PID = "quarry.test.engine.pid";
    private static final String DATA = "quarry.test.engine.data";
    private static final String FILTERS = "quarry.test.engine.filters";
    private static final String USERS_FILE = "users.xml";

    private static final Cluster SHARDS = new Cluster("two_shards", false).withShards(2);

    private TestEngine() {}

    /** Whether this JVM started the engine, so that tests may kill it. */
    public static boolean isOurs() {
        return EXTERNAL_URL == null;
    }

    /** Kills the engine as {@code kill -9} does. Does nothing if it is dead already. */
    public static void kill() {
        process().ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }

    /** Restarts the engine on the same port and data. Does nothing if it is alive. */
    public static void restart() {
        if (process().isEmpty()) {
            launch(Path.of(System.getProperty(DATA)), URI.create(url()).getPort());
        }
    }

    public static boolean isCluster() {
        return Boolean.getBoolean("quarry.test.cluster");
    }

    /** Whether services have users with exactly the rights that they have on a server. A cluster here has no users. */
    public static boolean hasUsers() {
        return Boolean.getBoolean("quarry.test.users") && isOurs() && !isCluster();
    }

    static Optional<Cluster> cluster() {
        return isCluster() ? Optional.of(SHARDS) : Optional.empty();
    }

    static int shards() {
        return SHARDS.shards();
    }

    static String clusterOfShard(int shard) {
        return SHARDS.name() + "_" + shard;
    }

    /** The database with the tables of one shard. */
    public static String databaseOfShard(int shard) {
        return DATABASE + "_" + shard;
    }

    /** Separates the rows of the shards. Call this after their tables were created. */
    static void separateShards() {
        // shardNum() is 0 for a query that reads a local table directly and not through a shard. In the cluster of
        // one shard alone it is 1; the tables of that cluster are only used from their own database.
        System.setProperty(
                FILTERS, Stores.execute("""
                        SELECT concat('{', arrayStringConcat(groupArray(concat('\\'', database, '.', name,
                            '\\':\\'if(currentDatabase() = \\\\\\'%s\\\\\\', 2, shardNum())',
                            ' IN (0, cityHash64(organization_id) %% 2 + 1)\\'')), ','), '}')
                        FROM system.tables
                        WHERE database = currentDatabase() AND name LIKE '%%\\\\_local'
                        FORMAT TSVRaw
                        """.formatted(databaseOfShard(2))).strip());
        kill();
        restart();
    }

    /** Gives the engine the users of {@code db/access}. Call this after their tables were created. */
    static void addUsers(EngineUsers users) {
        try {
            Files.writeString(usersFile(Path.of(System.getProperty(DATA))), users.xml());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        kill();
        restart();
    }

    private static Path usersFile(Path data) {
        return data.resolve(USERS_FILE);
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
            options = options.withCluster(SHARDS.name(), SHARDS.shards());
        }
        if (Files.exists(usersFile(data))) {
            options = options.withRoleUsers(usersFile(data), Set.of(READER, REFINER));
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
