package dev.quarry.engine;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The server's options.
 *
 * @param port 0 for any free port
 * @param password empty for no password, which is allowed on a loopback host only
 * @param maxThreads maximum number of threads of one query
 * @param maxQueuedQueries how many queries above {@code maxConcurrentQueries} may wait; more are refused
 * @param cluster the name of a cluster with {@code shards} shards; each shard is this engine itself
 * @param usersConfig a file like ClickHouse's {@code users.xml}, with the rights of {@code default} and of roles
 * @param roleUsers further users with the same password; a statement of one has the rights of the role of this name
 * @param backups the directory in which {@code BACKUP ... TO File} may write
 * @param settings default values of settings, unless a query overrides them, like a user's settings profile
 * @param exitWithParent whether the server stops at the end of standard input
 */
record EngineOptions(
        Path library,
        Path path,
        String host,
        int port,
        String user,
        String password,
        int maxThreads,
        int maxConcurrentQueries,
        int maxQueuedQueries,
        Optional<String> cluster,
        int shards,
        Optional<Path> usersConfig,
        Set<String> roleUsers,
        Optional<Path> backups,
        Map<String, String> settings,
        boolean exitWithParent) {

    static final String USAGE = """
            usage: java -cp 'lib/*' dev.quarry.engine.EngineServer --path=DIRECTORY
              --library=FILE               libchdb.so (default: where npm ci puts it)
              --host=127.0.0.1             the address to listen on
              --port=8123                  0 for any free port
              --user=default
              --password=...               or QUARRY_ENGINE_PASSWORD in the environment, which the process list hides
              --max-threads=N              threads of one query (default: processors)
              --max-concurrent-queries=N   queries above N wait (default: 32)
              --max-queued-queries=N       waiting queries above N are refused with code 202 (default: 128)
              --cluster=NAME               a cluster in which each shard is this engine itself
              --shards=N                   the number of shards (default: 2)
              --users-config=FILE          rights of the user default and of roles, like ClickHouse's users.xml
              --role-users=NAME,NAME       further users; each has only the rights of the role of its name
              --backups=DIRECTORY          where BACKUP ... TO File(...) may write
              --setting.NAME=VALUE         default value of a setting, unless a query overrides it
              --exit-with-parent           stop when standard input ends""";

    private static final String SETTING = "--setting.";

    private static final Set<String> KNOWN = Set.of(
            "library",
            "path",
            "host",
            "port",
            "user",
            "password",
            "max-threads",
            "max-concurrent-queries",
            "max-queued-queries",
            "cluster",
            "shards",
            "users-config",
            "role-users",
            "backups",
            "exit-with-parent");

    EngineOptions {
        settings = Map.copyOf(settings);
        roleUsers = Set.copyOf(roleUsers);
        if (!roleUsers.isEmpty() && usersConfig.isEmpty()) {
            throw new IllegalArgumentException("--role-users needs the roles in --users-config");
        }
        if (password.isEmpty() && !isLoopback(host)) {
            throw new IllegalArgumentException(
                    "a server without a password listens on the loopback interface only, and " + host + " is not it");
        }
    }

    /**
     * Reads the command line.
     *
     * @param environmentPassword the password, unless an option has one; may be null
     * @throws IllegalArgumentException with a sentence for the user
     */
    static EngineOptions parse(String[] arguments, String environmentPassword) {
        Map<String, String> values = new HashMap<>();
        Map<String, String> settings = new TreeMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (name.startsWith(SETTING) && equals > 0) {
                settings.put(name.substring(SETTING.length()), argument.substring(equals + 1));
                continue;
            }
            if (!name.startsWith("--") || !KNOWN.contains(name.substring(2))) {
                throw new IllegalArgumentException("unknown option " + name + "\n" + USAGE);
            }
            values.put(name.substring(2), equals < 0 ? "true" : argument.substring(equals + 1));
        }
        if (!values.containsKey("path")) {
            throw new IllegalArgumentException("--path is missing\n" + USAGE);
        }
        String library = values.get("library");
        return new EngineOptions(
                library == null ? EngineLibrary.locate() : Path.of(library),
                Path.of(values.get("path")),
                values.getOrDefault("host", "127.0.0.1"),
                number(values, "port", 8123, 0, 65_535),
                values.getOrDefault("user", "default"),
                values.getOrDefault("password", environmentPassword == null ? "" : environmentPassword),
                number(values, "max-threads", Runtime.getRuntime().availableProcessors(), 1, 1024),
                number(values, "max-concurrent-queries", 32, 1, 1024),
                number(values, "max-queued-queries", 128, 1, 100_000),
                Optional.ofNullable(values.get("cluster")),
                number(values, "shards", 2, 1, 64),
                Optional.ofNullable(values.get("users-config")).map(Path::of),
                names(values.getOrDefault("role-users", "")),
                Optional.ofNullable(values.get("backups")).map(Path::of),
                settings,
                Boolean.parseBoolean(values.getOrDefault("exit-with-parent", "false")));
    }

    private static Set<String> names(String list) {
        return Arrays.stream(list.split(",")).filter(name -> !name.isBlank()).collect(Collectors.toUnmodifiableSet());
    }

    private static int number(Map<String, String> values, String name, int otherwise, int least, int most) {
        String value = values.get(name);
        try {
            int number = value == null ? otherwise : Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Reported below.
        }
        throw new IllegalArgumentException("--" + name + " is a number from " + least + " to " + most);
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException("the host " + host + " is unknown", unknown);
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "EngineOptions[path=" + path + ", host=" + host + ", port=" + port + "]";
    }
}
