package dev.quarry.local;

import dev.quarry.schema.PostgresAddress;
import dev.quarry.schema.accounts.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A real PostgreSQL whose data stays after the stack has stopped.
 *
 * <p>The services log in as {@code quarry}, which owns the database {@code quarry} and nothing else, with a new password
 * at each start. Nobody can log in without a password.
 */
final class LocalPostgres implements Supervised, AutoCloseable {

    private static final String OWNER = "quarry";
    private static final Duration START = Duration.ofSeconds(60);

    /** All users need a password, even the superuser on this machine. */
    private static final String ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n";

    private final Path binaries;
    private final Path cluster;
    /** Exists once the cluster is complete. A cluster without this file was interrupted during its creation. */
    private final Path superuserPassword;

    private final int port;
    private final Path log;
    private final String password = Secret.letters();
    private EmbeddedPostgres server;
    private volatile ProcessHandle process;

    private LocalPostgres(Path data, int port, Path log) {
        binaries = data.resolve("postgres-binaries");
        cluster = clusterIn(data);
        superuserPassword = data.resolve("postgres.password");
        this.port = port;
        this.log = log;
    }

    /** Starts on the data of an earlier start, even if it was killed, or creates a new database. */
    static LocalPostgres start(Path data, int port, Path log) throws IOException, StartException {
        var postgres = new LocalPostgres(data, port, log);
        postgres.launch();
        return postgres;
    }

    /** Stops the server that a killed stack left running on this data: it still has its port. */
    static void stopLeftoverIn(Path data) throws IOException {
        stopServerOf(clusterIn(data));
    }

    private static Path clusterIn(Path data) {
        return data.resolve("postgres");
    }

    private void launch() throws IOException, StartException {
        stopServerOf(cluster);
        // Otherwise the embedded PostgreSQL would take the other program for a server that starts slowly.
        if (!Ports.isFree(port)) {
            throw new StartException("Another program uses port %d.".formatted(port));
        }
        // The embedded PostgreSQL keeps its lock if a start fails. The lock of StackDirectory is enough.
        Files.deleteIfExists(cluster.resolve("epg-lock"));
        boolean isNew = !Files.exists(superuserPassword);
        if (isNew) {
            PrivateFiles.deleteTree(cluster);
        }
        String superuser = isNew ? Secret.letters() : Files.readString(superuserPassword);
        try {
            server = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(
                            PrivateFiles.directory(binaries).toFile())
                    .setDataDirectory(PrivateFiles.directory(cluster))
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPort(port)
                    .setPGStartupWait(START)
                    .setConnectConfig("password", superuser)
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "")
                    // The embedded PostgreSQL turns both off for tests; this data must survive a crash.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setOutputRedirector(Redirect.appendTo(log.toFile()))
                    .setErrorRedirector(Redirect.appendTo(log.toFile()))
                    .start();
        } catch (RuntimeException | IOException failure) {
            // The embedded PostgreSQL loses its process if the process does not answer.
            stopServerOf(cluster);
            throw new StartException("PostgreSQL does not start; its log is %s.".formatted(log), failure);
        }
        process = serverOf(cluster)
                .orElseThrow(() -> new StartException("PostgreSQL has ended; its log is " + log + "."));
        try {
            admit(superuser, isNew);
        } catch (SQLException failure) {
            close();
            throw new StartException(
                    "PostgreSQL cannot be set up: %s; its log is %s.".formatted(failure.getMessage(), log), failure);
        }
    }

    private void admit(String superuser, boolean isNew) throws SQLException, IOException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            if (isNew) {
                statement.execute("CREATE ROLE " + OWNER + " LOGIN");
                statement.execute("CREATE DATABASE " + OWNER + " OWNER " + OWNER);
                statement.execute("ALTER ROLE postgres PASSWORD '" + superuser + "'");
                Files.writeString(cluster.resolve("pg_hba.conf"), ACCESS);
                statement.execute("SELECT pg_reload_conf()");
                PrivateFiles.write(superuserPassword, superuser);
            }
            statement.execute("ALTER ROLE " + OWNER + " PASSWORD '" + password + "'");
        }
    }

    PostgresAddress address() {
        return new PostgresAddress("jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, OWNER), OWNER, password);
    }

    /** {@return the variables with which a service connects to it} */
    Map<String, String> environment() {
        return Map.of(
                "QUARKUS_DATASOURCE_REACTIVE_URL", "postgresql://127.0.0.1:%d/%s".formatted(port, OWNER),
                "QUARKUS_DATASOURCE_USERNAME", OWNER,
                "QUARKUS_DATASOURCE_PASSWORD", password);
    }

    @Override
    public String name() {
        return "PostgreSQL";
    }

    @Override
    public ProcessHandle process() {
        return process;
    }

    @Override
    public Path log() {
        return log;
    }

    @Override
    public void restart() throws IOException, StartException {
        server.close();
        launch();
    }

    @Override
    public void close() throws IOException {
        server.close();
        stopServerOf(cluster);
    }

    /** {@return the server that runs on the cluster, from the server's own file} */
    private static Optional<ProcessHandle> serverOf(Path cluster) throws IOException {
        Path file = cluster.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        // Process id, data directory, start in seconds, ...
        List<String> lines = Files.readAllLines(file);
        return lines.size() < 3
                ? Optional.empty()
                : Processes.running(
                        Long.parseLong(lines.get(0).strip()),
                        Instant.ofEpochSecond(Long.parseLong(lines.get(2).strip())));
    }

    /**
     * Stops a server that a killed stack left running. If there is none, deletes its file: PostgreSQL would refuse to start
     * if another program now had the process id in the file.
     */
    private static void stopServerOf(Path cluster) throws IOException {
        Optional<ProcessHandle> running = serverOf(cluster);
        if (running.isPresent()) {
            Processes.stop(running.get());
        }
        Files.deleteIfExists(cluster.resolve("postmaster.pid"));
    }
}
