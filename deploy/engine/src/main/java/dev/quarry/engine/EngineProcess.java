package dev.quarry.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * An engine server in a child process, with this process's Java and class path. The child ends when this process ends,
 * also after a crash. Not safe for concurrent use.
 */
public final class EngineProcess implements AutoCloseable {
    private static final String READY = "ready on ";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

    private Options options;
    private Process process;
    private String url;

    private EngineProcess(Options options) {
        this.options = options;
        launch();
    }

    /**
     * Starts an engine, and returns once it answers.
     *
     * @throws IllegalStateException with the engine's message if it does not start
     */
    public static EngineProcess start(Options options) {
        return new EngineProcess(options);
    }

    private void launch() {
        Path library = EngineLibrary.locate();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Xmx" + options.memory(),
                "-cp",
                System.getProperty("java.class.path"),
                EngineServer.class.getName(),
                "--library=" + library,
                "--path=" + options.dataPath(),
                "--host=" + options.host(),
                "--port=" + options.port(),
                "--user=" + options.user(),
                "--exit-with-parent"));
        command.addAll(options.limits().arguments());
        command.addAll(options.server().arguments());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("QUARRY_ENGINE_PASSWORD", options.password());
        long logged = options.logFile().map(EngineProcess::size).orElse(0L);
        builder.redirectError(
                options.logFile().map(file -> Redirect.appendTo(file.toFile())).orElse(Redirect.INHERIT));
        try {
            process = builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException("the engine's process cannot be started", failure);
        }
        url = awaitReady(logged);
        // A restart uses the same port.
        options = options.withPort(URI.create(url).getPort());
    }

    private String awaitReady(long logged) {
        BufferedReader out = process.inputReader();
        CompletableFuture<String> ready = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (out) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    if (line.startsWith(READY)) {
                        ready.complete(line.substring(READY.length()));
                    }
                }
            } catch (IOException broken) {
                ready.completeExceptionally(broken);
            }
            ready.completeExceptionally(new IllegalStateException("the engine ended"));
        });
        try {
            return ready.get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException ended) {
            kill();
            throw new IllegalStateException(
                    "the engine did not start"
                            + lastLine(logged).map(line -> ": " + line).orElse(""),
                    ended);
        } catch (TimeoutException late) {
            kill();
            throw new IllegalStateException("the engine was not ready after " + START_TIMEOUT.toSeconds() + " s", late);
        } catch (InterruptedException interrupted) {
            kill();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the engine started", interrupted);
        }
    }

    /** The child writes the reason for its end to standard error. */
    private Optional<String> lastLine(long logged) {
        return options.logFile().flatMap(file -> {
            try {
                byte[] all = Files.readAllBytes(file);
                String text = new String(
                        all,
                        (int) Math.min(logged, all.length),
                        (int) Math.max(0, all.length - logged),
                        StandardCharsets.UTF_8);
                return text.lines()
                        .filter(line -> line.startsWith("quarry-engine: "))
                        .reduce((first, second) -> second)
                        .map(line -> line.substring("quarry-engine: ".length()));
            } catch (IOException unreadable) {
                return Optional.empty();
            }
        });
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException unreadable) {
            return 0;
        }
    }

    /** {@return {@code http://host:port}, the same after a restart} */
    public String url() {
        return url;
    }

    /** {@return the child's process id} */
    public long pid() {
        return process.pid();
    }

    /** {@return whether the child runs} */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Asks the engine to stop, and waits until it has. Kills it after 15 seconds.
     *
     * @return the exit status; 0 after an orderly stop
     */
    public int stop() {
        process.destroy();
        return await();
    }

    /** Kills the engine, like a crash. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** Stops the engine if it runs, and starts it again on the same directory and port. */
    public void restart() {
        stop();
        launch();
    }

    private int await() {
        try {
            if (!process.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the engine stopped", interrupted);
        }
    }

    @Override
    public void close() {
        stop();
    }

    /**
     * The child's options; {@link #at} has the defaults.
     *
     * @param dataPath created if it does not exist
     * @param port 0 for a free port
     * @param password empty for no password, on a loopback host only
     * @param logFile the file that the child's log is appended to; by default this process's standard error
     * @param server cluster, users, backups and settings
     * @param memory the child's maximum Java heap, as for {@code -Xmx}; the engine needs more memory outside the heap
     */
    public record Options(
            Path dataPath,
            String host,
            int port,
            String user,
            String password,
            Limits limits,
            Server server,
            Optional<Path> logFile,
            String memory) {

        public Options {
            Objects.requireNonNull(dataPath, "dataPath is null");
            Objects.requireNonNull(host, "host is null");
            Objects.requireNonNull(user, "user is null");
            Objects.requireNonNull(password, "password is null");
            Objects.requireNonNull(limits, "limits is null");
            Objects.requireNonNull(server, "server is null");
            Objects.requireNonNull(logFile, "logFile is null");
            Objects.requireNonNull(memory, "memory is null");
        }

        /** The defaults: loopback, a free port, the user {@code default} without a password. */
        public static Options at(Path dataPath) {
            return new Options(
                    dataPath,
                    "127.0.0.1",
                    0,
                    "default",
                    "",
                    new Limits(0, 0, 0),
                    new Server(Optional.empty(), 1, Optional.empty(), Set.of(), Optional.empty(), Map.of()),
                    Optional.empty(),
                    "192m");
        }

        public Options withHost(String value) {
            return new Options(dataPath, value, port, user, password, limits, server, logFile, memory);
        }

        public Options withPort(int value) {
            return new Options(dataPath, host, value, user, password, limits, server, logFile, memory);
        }

        public Options withUser(String name, String secret) {
            return new Options(dataPath, host, port, name, secret, limits, server, logFile, memory);
        }

        /** Sets the maximum number of threads of one query. */
        public Options withMaxThreads(int value) {
            Limits changed = new Limits(value, limits.maxConcurrentQueries, limits.maxQueuedQueries);
            return new Options(dataPath, host, port, user, password, changed, server, logFile, memory);
        }

        /** Queries above {@code running} wait; waiting queries above {@code waiting} are refused. */
        public Options withMaxQueries(int running, int waiting) {
            Limits changed = new Limits(limits.maxThreads, running, waiting);
            return new Options(dataPath, host, port, user, password, changed, server, logFile, memory);
        }

        /**
         * Adds a cluster in which each shard is the child itself, and a cluster of each shard alone: {@code NAME_1}, {@code
         * NAME_2} and so on. {@code Distributed} tables work on them.
         */
        public Options withCluster(String name, int shards) {
            Server changed = new Server(
                    Optional.of(name), shards, server.usersConfig, server.roleUsers, server.backups, server.settings);
            return new Options(dataPath, host, port, user, password, limits, changed, logFile, memory);
        }

        /** Sets default values of settings, unless a query overrides them, like a user's settings profile. */
        public Options withSettings(Map<String, String> settings) {
            Server changed = new Server(
                    server.cluster, server.shards, server.usersConfig, server.roleUsers, server.backups, settings);
            return new Options(dataPath, host, port, user, password, limits, changed, logFile, memory);
        }

        /**
         * Adds users with the same password. Each has only the rights that the role of its name has in the file.
         *
         * @param usersConfig like ClickHouse's {@code users.xml}
         */
        public Options withRoleUsers(Path usersConfig, Set<String> names) {
            Server changed = new Server(
                    server.cluster, server.shards, Optional.of(usersConfig), names, server.backups, server.settings);
            return new Options(dataPath, host, port, user, password, limits, changed, logFile, memory);
        }

        /** Allows {@code BACKUP ... TO File(...)} in this directory. */
        public Options withBackups(Path directory) {
            Server changed = new Server(
                    server.cluster,
                    server.shards,
                    server.usersConfig,
                    server.roleUsers,
                    Optional.of(directory),
                    server.settings);
            return new Options(dataPath, host, port, user, password, limits, changed, logFile, memory);
        }

        public Options withLogFile(Path file) {
            return new Options(dataPath, host, port, user, password, limits, server, Optional.of(file), memory);
        }

        public Options withMemory(String value) {
            return new Options(dataPath, host, port, user, password, limits, server, logFile, value);
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Options[dataPath=" + dataPath + ", host=" + host + ", port=" + port + "]";
        }
    }

    /**
     * The child's limits; 0 stands for the server's default.
     *
     * @param maxThreads maximum number of threads of one query
     * @param maxConcurrentQueries queries above this wait
     * @param maxQueuedQueries waiting queries above this are refused
     */
    public record Limits(int maxThreads, int maxConcurrentQueries, int maxQueuedQueries) {
        private List<String> arguments() {
            return Stream.of(
                            argument("max-threads", maxThreads),
                            argument("max-concurrent-queries", maxConcurrentQueries),
                            argument("max-queued-queries", maxQueuedQueries))
                    .flatMap(Optional::stream)
                    .toList();
        }

        private static Optional<String> argument(String name, int value) {
            return value == 0 ? Optional.empty() : Optional.of("--" + name + "=" + value);
        }
    }

    /**
     * The child's cluster, users, backups and settings.
     *
     * @param shards number of shards; ignored without a cluster
     */
    public record Server(
            Optional<String> cluster,
            int shards,
            Optional<Path> usersConfig,
            Set<String> roleUsers,
            Optional<Path> backups,
            Map<String, String> settings) {
        public Server {
            roleUsers = Set.copyOf(roleUsers);
            settings = Map.copyOf(settings);
        }

        private List<String> arguments() {
            List<String> arguments = new ArrayList<>();
            cluster.ifPresent(name -> arguments.addAll(List.of("--cluster=" + name, "--shards=" + shards)));
            usersConfig.ifPresent(file -> arguments.add("--users-config=" + file));
            if (!roleUsers.isEmpty()) {
                arguments.add("--role-users=" + String.join(",", roleUsers));
            }
            backups.ifPresent(directory -> arguments.add("--backups=" + directory));
            settings.forEach((name, value) -> arguments.add("--setting." + name + "=" + value));
            return arguments;
        }
    }
}
