package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
    private record Stand(EngineProcess engine, Path directory, ClickHouseAddress clickHouse, PostgresAddress postgres)
            implements AutoCloseable {
        static Stand start(String name) throws SQLException {
            return start(name, folder.resolve("backups"));
        }

        static Stand start(String name, Path directory) throws SQLException {
            EngineProcess engine = EngineProcess.start(EngineProcess.Options.at(folder.resolve(name + "-engine"))
                    .withBackups(directory)
                    .withSettings(IngestSettings.all())
                    .withLogFile(folder.resolve(name + ".log")));
            try (Connection superuser =
                            BackupsTest.postgres.getPostgresDatabase().getConnection();
                    Statement statement = superuser.createStatement()) {
                statement.execute("CREATE DATABASE " + name + " OWNER quarry");
            }
            return new Stand(
                    engine,
                    directory,
                    new ClickHouseAddress(engine.url(), "quarry", "default", ""),
                    new PostgresAddress(
                            BackupsTest.postgres.getJdbcUrl("quarry", name).replaceFirst("\\?.*", ""),
                            "quarry",
                            "secret"));
        }

        Backups backups() {
            return Backups.in(directory, clickHouse, postgres);
        }

        Outcome backUp(Instant now, String... options) {
            List<String> arguments = new ArrayList<>(List.of("backup"));
            arguments.addAll(List.of(options));
            return run(arguments, Clock.fixed(now, ZoneOffset.UTC));
        }

        Outcome run(String... arguments) {
            return run(List.of(arguments), Clock.fixed(NOW, ZoneOffset.UTC));
        }

        private Outcome run(List<String> arguments, Clock clock) {
            return Outcome.of(
                    arguments,
                    Map.of(
                            "QUARRY_BACKUP_DIRECTORY", directory.toString(),
                            "QUARRY_CLICKHOUSE_URL", clickHouse.url(),
                            "QUARRY_POSTGRES_URL", postgres.url(),
                            "QUARRY_POSTGRES_USER", postgres.user(),
                            "QUARRY_POSTGRES_PASSWORD", postgres.password()),
                    clock);
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
    void aBackupThatFailsLeavesNothing() {
        Backups without = Backups.in(
                source.directory(),
                source.clickHouse(),
                new PostgresAddress("jdbc:postgresql://127.0.0.1:1/quarry", "quarry", ""));

        MigrationException failure = assertThrows(MigrationException.class, () -> without.create("failed", true, NOW));
        assertTrue(failure.getMessage().startsWith("PostgreSQL was not backed up: "), failure.getMessage());
        assertFalse(Files.exists(source.directory().resolve("failed")));
    }

    /** A restored backup must not free an id whose events it has. */
    @Test
    void noErasureRunsDuringABackup() throws Exception {
        Erasure everything = new Erasure("org_gone", new Erasure.Everything());
        Backups impatient = impatient();
        try (Eraser eraser = new Eraser(everything, source.clickHouse(), source.postgres())) {
            MigrationException refusal =
                    assertThrows(MigrationException.class, () -> impatient.create("alone", true, NOW));
            assertTrue(refusal.getMessage().contains("lock timeout"), refusal.getMessage());
            assertEquals(Map.of(), eraser.delete());
            assertTrue(eraser.finish());
        }
        impatient.create("alone", true, NOW.minusSeconds(1));

        try (Connection lock = source.postgres().open()) {
            BackupLock.takeForBackup(lock);
            MigrationException refusal = assertThrows(
                    MigrationException.class, () -> new Eraser(everything, source.clickHouse(), source.postgres()));
            assertTrue(refusal.getMessage().startsWith("A backup is running"), refusal.getMessage());
        }
    }

    /** It waits for another run, which deletes the newest backup. */
    @Test
    void aBackupDoesNotBuildOnOneThatIsDeletedMeanwhile() throws Exception {
        String newest = source.backups().list().getLast().name();
        write(source.directory(), "doomed", null, "file", "quarry", 9);
        CompletableFuture<Description> made;
        try (Connection lock = source.postgres().open()) {
            BackupLock.takeForBackup(lock);
            made = CompletableFuture.supplyAsync(() -> source.backups().create("waited", false, NOW.plusSeconds(2)));
            while (source.postgres("SELECT pid FROM pg_locks WHERE NOT granted").isEmpty()) {
                assertFalse(made.isDone(), "it does not wait");
            }
            Files.move(source.directory().resolve("doomed"), source.directory().resolve(".doomed.deleted"));
        }
        assertEquals(newest, made.get().base());
    }

    @Test
    void backupsAreNotDeletedWhileOneIsMade() throws SQLException {
        try (Connection lock = source.postgres().open()) {
            BackupLock.takeForBackup(lock);
            MigrationException refusal =
                    assertThrows(MigrationException.class, () -> impatient().deleteExpired(9));
            assertTrue(refusal.getMessage().contains("lock timeout"), refusal.getMessage());
        }
    }

    /** Its statements fail if they have to wait for a lock. */
    private static Backups impatient() {
        return Backups.in(
                source.directory(),
                source.clickHouse(),
                new PostgresAddress(
                        source.postgres().url() + "?options=-c%20lock_timeout=100",
                        source.postgres().user(),
                        source.postgres().password()));
    }

    @Test
    void aStoreThatDoesNotAnswerIsAnErrorOfOneSentence() {
        Stand unreachable = new Stand(
                source.engine(),
                source.directory(),
                new ClickHouseAddress("http://127.0.0.1:1", "quarry", "default", ""),
                source.postgres());

        Outcome refused = unreachable.run("restore", "first");
        assertEquals(1, refused.status());
        assertTrue(refused.output().startsWith("ClickHouse cannot be used: "), refused.output());
    }

    @Test
    void allNodesOfAClusterAreAskedWhetherABackupHasEnded() {
        Path directory = folder.resolve("clustered");
        try (EngineProcess engine = EngineProcess.start(EngineProcess.Options.at(folder.resolve("clustered-engine"))
                .withCluster("two", 2)
                .withBackups(directory)
                .withLogFile(folder.resolve("clustered.log")))) {
            ClickHouseAddress cluster = new ClickHouseAddress(
                    engine.url(), "quarry", "default", "", Optional.of(new Cluster("two", false)));
            try (Client client = cluster.open()) {
                ClickHouseStatements statements = new ClickHouseStatements(client);
                statements.execute("CREATE DATABASE quarry");
                statements.execute("CREATE TABLE quarry.numbers (number UInt8) ENGINE = MergeTree ORDER BY number");
                statements.execute("INSERT INTO quarry.numbers VALUES (1)");
            }
            Description made = Backups.in(directory, cluster, source.postgres()).create("clustered", true, NOW);
            assertEquals(made, Backups.complete(directory, "clustered"));
        }
    }

    @Test
    void theTargetIsADiskOrANamedCollection() {
        assertEquals("Disk('backups', 'a')", new BackupTarget("disk:backups").of("a"));
        assertEquals("S3(backups, 'a')", new BackupTarget("collection:backups").of("a"));
        assertEquals("File('a/clickhouse')", BackupTarget.from(Map.of()).of("a"));
    }

    @Test
    void theCommandNamesBackupsByTime() {
        Outcome made = source.backUp(Instant.parse("2025-11-28T03:00:00Z"), "--full");
        assertEquals(0, made.status(), made.output());
        assertTrue(made.output().startsWith("2025-11-28T03-00-00Z  full  "), made.output());
        assertEquals(1, source.run("restore", "none").status());
        assertEquals(2, source.run("backup", "--fast").status());
        assertEquals(2, source.run().status());
    }

    @Test
    void theListNeedsNoStore() throws Exception {
        Path nights = Files.createDirectory(folder.resolve("listed"));
        write(nights, "night1", null, "file", "quarry", 1);
        write(nights, "night2", "night1", "collection:s3", "quarry", 2);

        Outcome listed = Outcome.of(
                List.of("backup", "list"),
                Map.of("QUARRY_BACKUP_DIRECTORY", nights.toString()),
                Clock.fixed(NOW, ZoneOffset.UTC));

        assertEquals(new Outcome(0, """
                        night1  full  0 rows of PostgreSQL
                        night2  since night1  0 rows of PostgreSQL
                        """), listed);
    }

    /** Nine nights with a full backup every third night, beside backups at another target and of another database. */
    @Test
    void onlyTheNewestFullBackupsAndThoseThatBuildOnThemAreKept() throws Exception {
        Path nights = Files.createDirectory(folder.resolve("nights"));
        Backups backups = Backups.in(nights, source.clickHouse(), source.postgres());
        List<String> names = new ArrayList<>();
        for (int night = 1; night <= 9; night++) {
            names.add("night" + night);
            write(nights, "night" + night, night % 3 == 1 ? null : "night" + (night - 1), "file", "quarry", night);
        }
        write(nights, "elsewhere", null, "disk:old", "quarry", 0);
        write(nights, "other", null, "file", "other", 0);

        assertEquals(List.of(), names(backups.expired(3)));
        assertEquals(names.subList(0, 3).reversed(), names(backups.expired(2)));
        assertEquals(names.subList(0, 3).reversed(), names(backups.deleteExpired(2)));
        assertEquals(List.of(), names(backups.deleteExpired(2)));
        assertEquals(names.subList(3, 6).reversed(), names(backups.expired(1)));
        assertThrows(MigrationException.class, () -> backups.expired(0));

        List<String> left = new ArrayList<>(names.subList(3, 9));
        left.addAll(List.of("elsewhere", "other"));
        try (Stream<Path> folders = Files.list(nights)) {
            assertEquals(
                    left.stream().sorted().toList(),
                    folders.map(kept -> kept.getFileName().toString()).sorted().toList());
        }

        // A run that was interrupted has renamed a backup; it is not a backup any more, and the next run deletes it.
        Files.move(nights.resolve("night4"), nights.resolve(".night4.deleted"));
        assertEquals(
                names.subList(4, 9),
                names(backups.list()).stream()
                        .filter(name -> name.startsWith("night"))
                        .toList());
        backups.deleteExpired(9);
        assertFalse(Files.exists(nights.resolve(".night4.deleted")));
    }

    /** A full backup at another target does not end the chain at this one. */
    @Test
    void backupsElsewhereAndOfOtherDatabasesDoNotCountSinceTheFullOne() throws Exception {
        Path nights = Files.createDirectory(folder.resolve("chain"));
        Backups backups = Backups.in(nights, source.clickHouse(), source.postgres());
        assertEquals(0, backups.sinceFull());
        write(nights, "full", null, "file", "quarry", 1);
        write(nights, "second", "full", "file", "quarry", 2);
        write(nights, "third", "second", "file", "quarry", 3);
        write(nights, "elsewhere", null, "disk:old", "quarry", 4);
        write(nights, "other", null, "file", "other", 5);

        assertEquals(2, backups.sinceFull());
    }

    private static List<String> names(List<Description> backups) {
        return backups.stream().map(Description::name).toList();
    }

    private static void write(Path backups, String name, String base, String target, String database, int night)
            throws IOException {
        Files.createDirectories(backups.resolve(name).resolve("clickhouse/data"));
        Files.writeString(backups.resolve(name).resolve("clickhouse/data/part"), "rows");
        Files.writeString(backups.resolve(name).resolve("backup.json"), """
                {"name": "%s", "created": "2026-03-%02dT03:00:00Z", "base": %s, "target": "%s", "database": "%s",
                 "version": "050", "rows": {}}
                """.formatted(
                        name, night + 1, base == null ? "null" : "\"" + base + "\"", target, database));
    }

    /** As every night: the command backs up, deletes the full backup before with what builds on it, and keeps the rest whole. */
    @Test
    void aKeptBackupIsRestoredAfterOthersAreDeleted() throws Exception {
        Path kept = folder.resolve("kept");
        try (Stand nightly = Stand.start("nightly", kept)) {
            Migrator.migrate(new MigratorSettings(nightly.clickHouse(), nightly.postgres(), Retention.longest()));
            for (int night = 1; night <= 4; night++) {
                nightly.insert("org_a", 10);
                Outcome outcome = nightly.backUp(
                        Instant.parse("2025-12-0%dT03:00:00Z".formatted(night)), "--full-after=1", "--keep=1");
                assertEquals(0, outcome.status(), outcome.output());
                assertEquals(
                        night == 3,
                        outcome.output().contains("Deleted 2025-12-02T03-00-00Z\nDeleted 2025-12-01T03-00-00Z\n"),
                        outcome.output());
            }
            try (Stream<Path> left = Files.list(kept)) {
                assertEquals(
                        List.of("2025-12-03T03-00-00Z", "2025-12-04T03-00-00Z"),
                        left.map(backup -> backup.getFileName().toString())
                                .sorted()
                                .toList());
            }
            try (Stand elsewhere = Stand.start("afterwards", kept)) {
                elsewhere.backups().restore("2025-12-04T03-00-00Z");
                assertEquals(nightly.counts(), elsewhere.counts());
                assertEquals(List.of("40"), elsewhere.clickHouse("SELECT count() AS c FROM quarry.executions FINAL"));
            }

            Outcome listed = nightly.run("backup", "expired", "--keep=1");
            assertEquals(new Outcome(0, ""), listed);
            Outcome both = nightly.backUp(Instant.parse("2025-12-05T03:00:00Z"), "--full", "--full-after=6");
            assertTrue(both.output().startsWith("2025-12-05T03-00-00Z  full  "), both.output());
            assertEquals(
                    "2025-12-04T03-00-00Z\n2025-12-03T03-00-00Z\n",
                    nightly.run("backup", "expired", "--keep=1").output());
            assertEquals(
                    "Deleted 2025-12-04T03-00-00Z\nDeleted 2025-12-03T03-00-00Z\n",
                    nightly.run("backup", "delete", "--keep=1").output());
            for (String wrong : List.of("--keep=0", "--keep=", "--keep=all", "--keep=-1")) {
                assertEquals(2, nightly.run("backup", wrong).status(), wrong);
                assertEquals(2, nightly.run("backup", "delete", wrong).status(), wrong);
                assertEquals(2, nightly.run("restore", "delete", wrong).status(), wrong);
            }
        }
    }

    private record Outcome(int status, String output) {
        static Outcome of(List<String> arguments, Map<String, String> environment, Clock clock) {
            var output = new ByteArrayOutputStream();
            var printed = new PrintStream(output, true, StandardCharsets.UTF_8);
            int status = BackupCommand.run(arguments, environment, clock, printed, printed);
            return new Outcome(status, output.toString(StandardCharsets.UTF_8));
        }
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
