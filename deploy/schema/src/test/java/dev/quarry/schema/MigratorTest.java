package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.schema.MigrationReport.Applied;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MigratorTest {
    /** Every file, in the order in which they are to be applied. */
    private static final List<String> ALL = Stream.of(
                    files("postgresql", "V"), files("clickhouse", "V"), files("clickhouse", "R"))
            .flatMap(List::stream)
            .toList();

    @Test
    void appliesEverythingOnceAndInOrder() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        assertEquals(ALL, names(Migrator.migrate(settings)));
        assertEquals(List.of(), names(Migrator.migrate(settings)));
        assertEquals(
                files("clickhouse", "V").size() + files("clickhouse", "R").size(),
                recorded(settings).size());
    }

    @Test
    void twoAtOnceApplyEachMigrationOnce() throws Exception {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        CyclicBarrier start = new CyclicBarrier(2);
        Callable<MigrationReport> migrator = () -> {
            start.await();
            return Migrator.migrate(settings);
        };
        List<String> applied = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<MigrationReport> report : threads.invokeAll(List.of(migrator, migrator))) {
                applied.addAll(names(report.get()));
            }
        }
        assertEquals(ALL, applied);
        assertTrue(recorded(settings).values().stream().allMatch(times -> times == 1));
    }

    @Test
    void aSecondMigratorTimesOutIfTheFirstTakesTooLong() throws Exception {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        MigratorSettings impatient =
                new MigratorSettings(settings.clickHouse(), settings.postgres(), settings.retention(), Duration.ZERO);
        try (MigrationLock _ = MigrationLock.acquire(settings.postgres().open(), Duration.ofSeconds(60))) {
            MigrationException failure = assertThrows(MigrationException.class, () -> Migrator.migrate(impatient));
            assertTrue(failure.getMessage().startsWith("Another migrator has been running"), failure.getMessage());
        }
    }

    @Test
    void aFileThatChangedAfterItWasAppliedIsRefused() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        String table = "CREATE TABLE IF NOT EXISTS `${database}`.a (x UInt8) ENGINE = MergeTree ORDER BY x";
        Migrator.migrate(settings, List.of(Script.of("V001__a.sql", table)));
        Migrator.migrate(settings, List.of(Script.of("V001__a.sql", table)));
        List<Script> changed = List.of(Script.of("V001__a.sql", table + " -- a second thought"));
        MigrationException failure = assertThrows(MigrationException.class, () -> Migrator.migrate(settings, changed));
        assertEquals(
                "V001__a.sql was changed after it was applied to ClickHouse database %s: restore the file and put the change into a new one."
                        .formatted(settings.clickHouse().database()),
                failure.getMessage());
    }

    @Test
    void otherLineEndingsAreNotAChange() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        Migrator.migrate(settings, List.of(Script.of("V001__a.sql", "SELECT 1;\nSELECT 2;\n")));
        MigrationReport second =
                Migrator.migrate(settings, List.of(Script.of("V001__a.sql", "SELECT 1;\r\nSELECT 2;\r\n")));
        assertEquals(List.of(), names(second));
    }

    @Test
    void aFileThatComesTooLateIsRefused() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        Script first = Script.of("V001__a.sql", "SELECT 1");
        Script second = Script.of("V002__b.sql", "SELECT 2");
        Migrator.migrate(settings, List.of(second));
        MigrationException failure =
                assertThrows(MigrationException.class, () -> Migrator.migrate(settings, List.of(first, second)));
        assertTrue(failure.getMessage().startsWith("V001__a.sql comes before V002__b.sql"), failure.getMessage());
    }

    /** An older program meets a newer database during a rolling update, or after a rollback. */
    @Test
    void migrationsOfANewerProgramAreIgnored() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        Script first = Script.of("V001__a.sql", "SELECT 1");
        Migrator.migrate(settings, List.of(first, Script.of("V002__b.sql", "SELECT 2")));
        assertEquals(List.of(), names(Migrator.migrate(settings, List.of(first))));
    }

    @Test
    void aFailingStatementIsNamedAndItsFileIsNotRecorded() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        List<Script> scripts = List.of(Script.of("V001__a.sql", "SELECT 1; SELECT nonsense; SELECT 3"));
        MigrationException failure = assertThrows(MigrationException.class, () -> Migrator.migrate(settings, scripts));
        assertTrue(
                failure.getMessage().startsWith("ClickHouse refused statement 2 of 3 in V001__a.sql: "),
                failure.getMessage());
        assertEquals(Map.of(), recorded(settings));
    }

    /** The failed change is in force in part. */
    @Test
    void aRepeatableFileIsAppliedAgainIfItsChangeFailedAndWasTakenBack() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        String view = "CREATE OR REPLACE VIEW `${database}`.a AS SELECT '%s' AS form";
        List<Script> before = List.of(Script.of("R__a.sql", view.formatted("before")));
        List<Script> change = List.of(Script.of("R__a.sql", view.formatted("changed") + "; SELECT nonsense"));
        Migrator.migrate(settings, before);
        assertThrows(MigrationException.class, () -> Migrator.migrate(settings, change));

        Migrator.migrate(settings, before);

        assertEquals(
                "before",
                Stores.query(settings, "SELECT form FROM `${database}`.a")
                        .getFirst()
                        .getString("form"));
        assertEquals(List.of(), names(Migrator.migrate(settings, before)));
    }

    /** Dies after each of a dozen statements all over the files; what is left over must be completed by the next run. */
    @Test
    void theNextRunCompletesARunThatDiedInsideAFile() {
        MigratorSettings whole = Stores.fresh(Retention.standard());
        Migrator.migrate(whole);
        List<Script> scripts = ScriptFolder.read("/db/clickhouse");
        int statements = 0;
        for (Script script : scripts) {
            statements += Statements.of(script.text()).size();
        }
        for (int survived = 1; survived <= statements; survived += Math.max(1, statements / 12)) {
            MigratorSettings killed = Stores.withFreshClickHouse(whole);
            Placeholders placeholders =
                    Placeholders.of(killed.clickHouse().database(), killed.retention(), killed.acceptedTimes());
            Stores.execute(killed, "CREATE DATABASE `${database}` ENGINE = Atomic");
            scripts.stream()
                    .sorted((left, right) -> order(left).compareTo(order(right)))
                    .flatMap(script -> Statements.of(placeholders.fill(script)).stream())
                    .limit(survived)
                    .forEach(statement -> Stores.execute(killed, statement));
            assertEquals(ALL.subList(files("postgresql", "V").size(), ALL.size()), names(Migrator.migrate(killed)));
            assertEquals(definitions(whole), definitions(killed), "after %d statements".formatted(survived));
        }
    }

    @Test
    void aNewRetentionReachesTheTables() {
        MigratorSettings settings = Stores.fresh(new Retention(400, 30, 90));
        Migrator.migrate(settings);
        assertEquals("400", retentionDays(settings, "events"));
        assertEquals("30", retentionDays(settings, "canvas_app_logs"));
        assertEquals("90", retentionDays(settings, "canvas_vitals"));

        MigratorSettings longer = new MigratorSettings(
                settings.clickHouse(), settings.postgres(), new Retention(18_250, 31, 91), settings.timeout());
        assertEquals(
                List.of("R__accepted_times.sql", "R__announced_retention.sql", "R__retention.sql"),
                names(Migrator.migrate(longer)));
        assertEquals("18250", retentionDays(settings, "events"));
        assertEquals("31", retentionDays(settings, "canvas_request_logs"));
        assertEquals("91", retentionDays(settings, "canvas_errors"));
        assertEquals(List.of(), names(Migrator.migrate(longer)));

        assertEquals(
                List.of("R__accepted_times.sql", "R__announced_retention.sql", "R__retention.sql"),
                names(Migrator.migrate(settings)));
        assertEquals("400", retentionDays(settings, "events"));
    }

    /** Except user_changes: only the rollup job reads it, one version of all tenants at a time. */
    @Test
    void everyTableIsCommentedAndKeyedByTenantAndBronzeHasARetention() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        Migrator.migrate(settings);
        List<String> bare = Stores.query(settings, """
                        SELECT name FROM system.tables
                        WHERE database = '${database}' AND engine LIKE '%MergeTree' AND name != 'schema_migrations'
                          AND (comment = ''
                               OR startsWith(comment, 'Bronze') AND engine_full NOT LIKE '%TTL toDate32(%'
                               OR NOT startsWith(sorting_key, 'organization_id') AND name != 'user_changes')
                        """).stream()
                .map(row -> row.getString("name"))
                .toList();
        assertEquals(List.of(), bare);
    }

    @Test
    void theProgramPrintsALineForEachMigration() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        Map<String, String> environment = Map.of(
                "QUARRY_CLICKHOUSE_URL", settings.clickHouse().url(),
                "QUARRY_CLICKHOUSE_DATABASE", settings.clickHouse().database(),
                "QUARRY_POSTGRES_URL", settings.postgres().url());
        assertEquals(
                ALL,
                printed(environment)
                        .lines()
                        .map(line -> line.replaceAll("(postgresql|clickhouse) (\\S+) \\(\\d+ ms\\)", "$2"))
                        .toList());
        assertEquals("Nothing to apply: both stores are up to date.\n", printed(environment));
    }

    @Test
    void anUnreachableClickHouseIsReportedWithTheReason() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        MigratorSettings away = new MigratorSettings(
                new ClickHouseAddress("http://127.0.0.1:1", "quarry", "default", "secret"),
                settings.postgres(),
                settings.retention(),
                Duration.ZERO);
        MigrationException failure = assertThrows(MigrationException.class, () -> Migrator.migrate(away));
        assertTrue(
                failure.getMessage()
                        .startsWith("ClickHouse at http://127.0.0.1:1 as default, database quarry cannot be used: "),
                failure.getMessage());
        assertTrue(failure.getMessage().contains("refused"), failure.getMessage());
    }

    private static String printed(Map<String, String> environment) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        assertEquals(0, MigrateCommand.run(environment, out, out), () -> bytes.toString(StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static List<String> names(MigrationReport report) {
        return report.applied().stream().map(Applied::script).toList();
    }

    /** Versioned files first, as the migrator runs them. */
    private static String order(Script script) {
        return (script instanceof Script.Versioned ? "1" : "2") + script.name();
    }

    /** Script to how often it was recorded. */
    private static Map<String, Long> recorded(MigratorSettings settings) {
        return Stores.query(settings, "SELECT script FROM `${database}`.schema_migrations").stream()
                .collect(Collectors.groupingBy(row -> row.getString("script"), Collectors.counting()));
    }

    private static Map<String, String> definitions(MigratorSettings settings) {
        String database = settings.clickHouse().database();
        Map<String, String> definitions = new TreeMap<>();
        Stores.query(settings, """
                SELECT name, create_table_query FROM system.tables WHERE database = '${database}'
                """)
                .forEach(row -> definitions.put(
                        row.getString("name"),
                        row.getString("create_table_query").replace(database + ".", "")));
        return definitions;
    }

    private static String retentionDays(MigratorSettings settings, String table) {
        return Stores.query(settings, """
                        SELECT extract(engine_full, 'toIntervalDay\\\\((\\\\d+)\\\\)') AS days
                        FROM system.tables WHERE database = '${database}' AND name = '%s'
                        """.formatted(table)).getFirst().getString("days");
    }

    private static List<String> files(String store, String prefix) {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/db", store))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(prefix))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
