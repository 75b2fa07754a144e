package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.Client;
import dev.quarry.engine.EngineProcess;
import dev.quarry.schema.Backups.Description;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The drill: backs up both stores while they grow, restores each backup elsewhere, and compares. */
class BackupsTest {
    private static final String ROWS = """
            SELECT organization_id, status, count() AS executions, sum(duration_ms) AS duration
            FROM quarry.executions FINAL GROUP BY ALL ORDER BY ALL
            """;

    private static final Instant NOW = Instant.parse("2025-11-28T00:00:00Z");
    private static final String MARKS = "SELECT count() AS c FROM quarry.execution_marks";

    private static Path folder;
    private static EmbeddedPostgres postgres;
    private static Stand source;
    private static Description full;
    private static Description incremental;
    private static List<String> atTheFull;

    /** Both stores, with an engine of its own and the backups of all. */
    private record Stand(EngineProcess engine, ClickHouseAddress clickHouse, PostgresAddress postgres)
            implements AutoCloseable {
        static Stand start(String name) throws SQLException {
            EngineProcess engine = EngineProcess.start(EngineProcess.Options.at(folder.resolve(name))
                    .withBackups(folder.resolve("backups"))
                    .withSettings(IngestSettings.all())
                    .withLogFile(folder.resolve(name + ".log")));
            try (Connection superuser =
                            BackupsTest.postgres.getPostgresDatabase().getConnection();
                    Statement statement = superuser.createStatement()) {
                statement.execute("CREATE DATABASE " + name + " OWNER quarry");
            }
            return new Stand(
                    engine,
                    new ClickHouseAddress(engine.url(), "quarry", "default", ""),
                    new PostgresAddress(
                            BackupsTest.postgres.getJdbcUrl("quarry", name).replaceFirst("\\?.*", ""),
                            "quarry",
                            "secret"));
        }

        Backups backups() {
            return Backups.in(folder.resolve("backups"), clickHouse, postgres);
        }

        List<String> clickHouse(String sql) {
            try (Client client = clickHouse.open()) {
                return client.queryAll(sql).stream()
                        .map(row -> String.join(
                                " ",
                                row.getSchema().getColumns().stream()
                                        .map(column -> row.getString(column.getColumnName()))
                                        .toList()))
                        .toList();
            }
        }

        List<String> postgres(String sql) throws SQLException {
            List<String> rows = new ArrayList<>();
            try (Connection connection = postgres.open();
                    Statement statement = connection.createStatement()) {
                if (statement.execute(sql)) {
                    try (ResultSet answer = statement.getResultSet()) {
                        while (answer.next()) {
                            rows.add(answer.getString(1));
                        }
                    }
                }
            }
            return rows;
        }

        void insert(String organization, int executions) {
            try (Client client = clickHouse.open()) {
                new ClickHouseStatements(client).execute("""
                        INSERT INTO quarry.executions (organization_id, workspace_id, time, event_id, status, duration_ms)
                        SELECT '%s', 'w', toDateTime64('2026-03-01 10:00:00', 3, 'UTC') + number, generateUUIDv4(),
                            if(number %% 3 = 0, 'failed', 'success'), number
                        FROM numbers(%d)
                        """.formatted(organization, executions));
            }
        }

        /** The number of rows of every table. */
        List<String> counts() throws SQLException {
            List<String> counts = new ArrayList<>();
            for (String table : clickHouse("""
                    SELECT name FROM system.tables
                    WHERE database = 'quarry' AND engine LIKE '%MergeTree' ORDER BY name
                    """)) {
                String current = table.equals("schema_migrations") ? "" : " FINAL";
                counts.add(table + clickHouse("SELECT count() AS c FROM quarry." + table + current));
            }
            for (String table : postgres("SELECT relname FROM pg_class WHERE relkind = 'r'"
                    + " AND relnamespace = 'public'::regnamespace AND relname <> 'flyway_schema_history' ORDER BY 1")) {
                counts.add(table
                        + postgres("SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM " + table + " AS t"));
            }
            return counts;
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    @BeforeAll
    static void backUp() throws IOException, SQLException {
        folder = Files.createTempDirectory("quarry-backups");
        postgres = EmbeddedPostgres.start();
        try (Connection superuser = postgres.getPostgresDatabase().getConnection();
                Statement statement = superuser.createStatement()) {
            statement.execute("CREATE ROLE quarry LOGIN PASSWORD 'secret'");
        }
        source = Stand.start("source");
        Migrator.migrate(new MigratorSettings(source.clickHouse(), source.postgres(), Retention.longest()));
        for (String organization : List.of("org_a", "org_b")) {
            source.postgres("INSERT INTO organizations VALUES ('%1$s', '%1$s')".formatted(organization));
            source.postgres("INSERT INTO workspaces (organization_id, workspace_id, name) VALUES ('%s', 'w', 'W')"
                    .formatted(organization));
        }
        source.postgres(
                "INSERT INTO secrets (organization_id, workspace_id, secret_id, type) VALUES ('org_a', 'w', 's', 'token')");
        source.postgres(
                "INSERT INTO account_changes (actor, kind, action, id, details) VALUES ('anna', 'org', 'create', 'org_a', E'a\\tb\\\\c')");
        source.insert("org_a", 3_000);
        full = source.backups().create("first", false, NOW);
        atTheFull = source.counts();

        source.insert("org_a", 100);
        source.insert("org_b", 500);
        source.postgres("DELETE FROM secrets");
        incremental = source.backups().create("second", false, NOW.plusSeconds(1));
    }

    @AfterAll
    static void stop() throws IOException {
        source.close();
        postgres.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void theSecondBackupHasOnlyTheChanges() throws IOException {
        assertNull(full.base());
        assertEquals("first", incremental.base());
        assertTrue(size("second") < size("first"), size("second") + " of " + size("first"));
        assertEquals(List.of(full, incremental), source.backups().list().subList(0, 2));
    }

    @Test
    void bothBackupsAreRestoredElsewhere() throws Exception {
        try (Stand elsewhere = Stand.start("elsewhere")) {
            elsewhere.backups().restore("second");

            assertEquals(source.counts(), elsewhere.counts());
            assertEquals(source.clickHouse(ROWS), elsewhere.clickHouse(ROWS));
            assertEquals(List.of("3600"), elsewhere.clickHouse("SELECT count() AS c FROM quarry.executions FINAL"));
            assertEquals(
                    List.of(),
                    Migrator.migrate(new MigratorSettings(
                                    elsewhere.clickHouse(), elsewhere.postgres(), Retention.longest()))
                            .applied());

            // Views, triggers and identities work there.
            elsewhere.insert("org_b", 1);
            assertEquals(List.of("3601"), elsewhere.clickHouse("SELECT count() AS c FROM quarry.executions FINAL"));
            assertNotEquals(source.clickHouse(MARKS), elsewhere.clickHouse(MARKS));
            elsewhere.postgres(
                    "INSERT INTO secrets (organization_id, workspace_id, secret_id, type) VALUES ('org_b', 'w', 's', 'token')");
            assertEquals(
                    List.of("1"),
                    elsewhere.postgres("SELECT sum(count) FROM resource_counts"
                            + " WHERE organization_id = 'org_b' AND resource = 'secrets'"));
            elsewhere.postgres(
                    "INSERT INTO account_changes (actor, kind, action, id, details) VALUES ('a', 'b', 'c', 'd', 'e')");

            MigrationException refusal = assertThrows(
                    MigrationException.class, () -> elsewhere.backups().restore("first"));
            assertTrue(refusal.getMessage().contains("empty"), refusal.getMessage());
        }
        try (Stand earlier = Stand.start("earlier")) {
            earlier.backups().restore("first");
            assertEquals(atTheFull, earlier.counts());
        }
    }

    @Test
    void aBackupThatIsNotThereIsRefused() {
        assertThrows(MigrationException.class, () -> source.backups().restore("third"));
        assertThrows(MigrationException.class, () -> source.backups().create("first", true, NOW));
        assertThrows(MigrationException.class, () -> source.backups().create("'; DROP", true, NOW));
        assertThrows(MigrationException.class, () -> new BackupTarget("s3:x"));
    }

    @Test
    void theTargetIsADiskOrANamedCollection() {
        assertEquals("Disk('backups', 'a')", new BackupTarget("disk:backups").of("a"));
        assertEquals("S3(backups, 'a')", new BackupTarget("collection:backups").of("a"));
        assertEquals("File('a/clickhouse')", BackupTarget.from(Map.of()).of("a"));
    }

    @Test
    void theCommandNamesBackupsByTime() {
        Map<String, String> environment = Map.of(
                "QUARRY_BACKUP_DIRECTORY", folder.resolve("backups").toString(),
                "QUARRY_CLICKHOUSE_URL", source.clickHouse().url(),
                "QUARRY_POSTGRES_URL", source.postgres().url(),
                "QUARRY_POSTGRES_USER", "quarry",
                "QUARRY_POSTGRES_PASSWORD", "secret");
        Clock clock = Clock.fixed(Instant.parse("2025-11-28T03:00:00Z"), ZoneOffset.UTC);
        var out = new ByteArrayOutputStream();
        var printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertEquals(0, BackupCommand.run(List.of("backup", "--full"), environment, clock, printed, printed));
        assertTrue(out.toString(StandardCharsets.UTF_8).startsWith("2025-11-28T03-00-00Z  full  "), out::toString);
        assertEquals(1, BackupCommand.run(List.of("restore", "none"), environment, clock, printed, printed));
        assertEquals(2, BackupCommand.run(List.of("backup", "--fast"), environment, clock, printed, printed));
        assertEquals(2, BackupCommand.run(List.of(), environment, clock, printed, printed));
    }

    private static long size(String name) throws IOException {
        try (Stream<Path> files =
                Files.walk(folder.resolve("backups").resolve(name).resolve("clickhouse"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
