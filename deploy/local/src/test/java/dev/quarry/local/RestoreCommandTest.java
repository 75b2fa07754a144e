package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.Client;
import dev.quarry.schema.Backups;
import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.Migrator;
import dev.quarry.schema.MigratorSettings;
import dev.quarry.schema.Retention;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drill on a laptop: a full backup, an incremental one after more events, and a stack from nothing but these. */
class RestoreCommandTest {
    private static final Instant NOW = Instant.parse("2026-11-28T03:00:00Z");
    private static final String ANSWER =
            "SELECT toDate(time) AS day, count() AS executions, sum(duration_ms) AS duration FROM quarry.executions FINAL"
                    + " WHERE organization_id = 'org_a' GROUP BY day ORDER BY day";

    @TempDir
    private Path temporary;

    @Test
    void aNewStackHasWhatWasBackedUp() throws Exception {
        Path backups = temporary.resolve("backups");
        List<String> before;
        try (StackDirectory directory = StackDirectory.open(temporary.resolve("before"));
                LocalPostgres postgres =
                        LocalPostgres.start(directory.data(), freePort(), directory.log("postgresql"));
                LocalEngine engine =
                        LocalEngine.start(directory.data(), backups, freePort(), directory.log("engine"))) {
            Migrator.migrate(new MigratorSettings(engine.address(), postgres.address(), Retention.longest()));
            Backups both = Backups.in(backups, engine.address(), postgres.address());
            organization(postgres, "org_a");
            insert(engine.address(), 2_000);
            both.create("full", true, NOW);
            organization(postgres, "org_b");
            insert(engine.address(), 1_000);
            both.create("later", false, NOW.plusSeconds(60));
            before = state(engine.address(), postgres);
        }

        Path after = temporary.resolve("after");
        Outcome missing = restore("never", "--data=" + after, "--from=" + backups);
        assertEquals(1, missing.status());
        assertTrue(missing.output().contains("There is no complete backup never"), missing.output());

        Path foreign =
                Files.createFile(Files.createDirectories(after.resolve("data")).resolve("foreign"));
        Path rows = backups.resolve("later/postgresql/organizations.copy.gz");
        Path aside = Files.move(rows, temporary.resolve("aside"));
        Outcome damaged = restore("later", "--data=" + after, "--from=" + backups);
        assertEquals(1, damaged.status());
        assertTrue(damaged.output().startsWith("The backup cannot be read: "), damaged.output());
        try (Stream<Path> left = Files.list(after.resolve("data"))) {
            assertEquals(List.of(foreign), left.toList());
        }
        assertTrue(Files.exists(after.resolve("logs/engine.log")));

        Files.move(aside, rows);
        assertEquals(0, restore("later", "--data=" + after, "--from=" + backups).status());

        try (StackDirectory directory = StackDirectory.open(after);
                LocalPostgres postgres =
                        LocalPostgres.start(directory.data(), freePort(), directory.log("postgresql"));
                LocalEngine engine =
                        LocalEngine.start(directory.data(), backups, freePort(), directory.log("engine"))) {
            assertEquals(
                    List.of(),
                    Migrator.migrate(new MigratorSettings(engine.address(), postgres.address(), Retention.longest()))
                            .applied());
            new Samples(engine.address(), postgres.address())
                    .load(new Progress(System.out, System.err), new Stopping());
            assertEquals(before, state(engine.address(), postgres));
            assertTrue(before.contains("org_b"), before.toString());
            assertTrue(before.toString().contains("3000"), before.toString());
        }

        Outcome again = restore("later", "--data=" + after, "--from=" + backups);
        assertEquals(1, again.status());
        assertTrue(again.output().contains("has data"), again.output());
        assertEquals(2, restore("later").status());
        assertTrue(restore("later", "--data=\uFFFD").output().startsWith("\"--data=\uFFFD\" is not text in "));
        assertTrue(Files.exists(backups.resolve("full/backup.json")));
    }

    private record Outcome(int status, String output) {}

    private static Outcome restore(String... arguments) {
        var output = new ByteArrayOutputStream();
        var printed = new PrintStream(output, true, StandardCharsets.UTF_8);
        int status = RestoreCommand.run(List.of(arguments), printed, printed);
        return new Outcome(status, output.toString(StandardCharsets.UTF_8));
    }

    private static void organization(LocalPostgres postgres, String id) throws Exception {
        try (Connection connection = postgres.address().open();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO organizations VALUES ('%1$s', '%1$s')".formatted(id));
        }
    }

    private static void insert(ClickHouseAddress clickHouse, int executions) throws Exception {
        try (Client client = clickHouse.open()) {
            client.execute("""
                    INSERT INTO quarry.executions (organization_id, workspace_id, time, event_id, status, duration_ms)
                    SELECT 'org_a', 'w', toDateTime64('2026-03-01 10:00:00', 3, 'UTC') + number * 60, generateUUIDv4(),
                        'success', number
                    FROM numbers(%d)
                    """.formatted(executions)).get().close();
        }
    }

    private static List<String> state(ClickHouseAddress clickHouse, LocalPostgres postgres) throws Exception {
        List<String> state = new ArrayList<>();
        try (Client client = clickHouse.open()) {
            client.queryAll(ANSWER)
                    .forEach(row -> state.add(row.getString("day") + " " + row.getString("executions") + " "
                            + row.getString("duration")));
            state.add(client.queryAll("SELECT count() AS marks FROM quarry.execution_marks")
                    .getFirst()
                    .getString("marks"));
            state.add(client.queryAll("SELECT count() AS events FROM quarry.executions FINAL")
                    .getFirst()
                    .getString("events"));
        }
        try (Connection connection = postgres.address().open();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT organization_id FROM organizations ORDER BY 1")) {
            while (rows.next()) {
                state.add(rows.getString(1));
            }
        }
        return state;
    }

    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
