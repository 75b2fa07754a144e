package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.schema.Erasure.Before;
import dev.quarry.schema.Erasure.Everything;
import dev.quarry.schema.Erasure.OfApp;
import dev.quarry.schema.Erasure.OfUser;
import dev.quarry.schema.Erasure.OfWorkspace;
import dev.quarry.schema.Erasure.OneEvent;
import dev.quarry.schema.Erasure.Subject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Erasing on real stores, on one node and on a cluster of two shards. The tests stand in for the rollup job. */
class EraserTest {
    private static final UUID EVENT = new UUID(7, 7);
    private static final List<String> APP_TABLES =
            List.of("canvas_errors", "canvas_vitals", "canvas_app_events", "canvas_app_logs", "canvas_request_logs");
    private static final Map<String, String> COLUMNS = Map.of(
            "events", "time, user_id, kind) SELECT {time}, {name}, 'tool_call'",
            "canvas_errors", "timestamp, app_id) SELECT {time}, {name}",
            "canvas_vitals", "timestamp, app_id, metric_name, value) SELECT {time}, {name}, 'LCP', 1",
            "canvas_app_events", "timestamp, app_id) SELECT {time}, {name}",
            "canvas_app_logs", "timestamp, app_id, level) SELECT {time}, {name}, 'error'",
            "canvas_request_logs", "timestamp, app_id, duration_ms) SELECT {time}, {name}, 1",
            "invocations", "time, integration_key, outcome, latency_ms) SELECT {time}, {name}, 'success', 1",
            "executions", "time, workspace_id, status, duration_ms) SELECT {time}, {name}, 'success', 1");

    private static MigratorSettings node;
    private static MigratorSettings cluster;

    @BeforeAll
    static void migrate() {
        node = Stores.fresh(Retention.longest(), AcceptedTimes.widest());
        cluster = Stores.cluster(Stores.SHARDED);
        Migrator.migrate(node);
        Migrator.migrate(cluster);
    }

    static List<MigratorSettings> settings() {
        return List.of(node, cluster);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theListOfBronzeTablesIsTheSchemas(MigratorSettings settings) {
        TreeSet<String> bronze = new TreeSet<>();
        Stores.query(
                        settings,
                        "SELECT name FROM system.tables WHERE database = '${database}' AND startsWith(comment, 'Bronze')"
                                + " AND name NOT LIKE '%_local'")
                .forEach(row -> bronze.add(row.getString("name")));
        TreeSet<String> listed = new TreeSet<>();
        BronzeTable.ALL.forEach(table -> listed.add(table.name()));
        assertEquals(bronze, listed);
        assertEquals(COLUMNS.keySet(), listed);

        TreeSet<String> marks = new TreeSet<>();
        Stores.query(
                        settings,
                        "SELECT name FROM system.tables WHERE database = '${database}' AND name LIKE '%\\_marks'")
                .forEach(row -> marks.add(row.getString("name")));
        assertEquals(marks, new TreeSet<>(BronzeTable.marks()));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aUserIsErased(MigratorSettings settings) {
        String organization = organization();
        String other = organization();
        insert(settings, "events", organization, "2026-03-01 10:00:00", "anna");
        insert(settings, "events", organization, "2026-03-05 10:00:00", "anna");
        insert(settings, "events", organization, "2026-03-05 11:00:00", "it's \\ bert");
        insert(settings, "events", other, "2026-03-05 11:00:00", "anna");
        clearMarks(settings);

        try (Eraser eraser = eraser(settings, organization, new OfUser("anna"))) {
            assertEquals(Map.of("events", 2L), eraser.delete());
            assertEquals(2, eraser.rebuilding());
            assertEquals(
                    List.of("2026-03-01 00:00:00", "2026-03-05 00:00:00"),
                    marked(settings, "event_marks", organization));
            assertEquals(Map.of(), eraser.delete(), "run again");
            clearMarks(settings);
            assertEquals(0, eraser.rebuilding());
            eraser.finish();
        }
        assertEquals(1, count(settings, "events", organization));
        assertEquals(1, count(settings, "events", other));

        try (Eraser eraser = eraser(settings, organization, new OfUser("it's \\ bert"))) {
            assertEquals(Map.of("events", 1L), eraser.delete());
        }
        assertEquals(0, count(settings, "events", organization));
    }

    /** A rebuild skips a day whose events have expired, so the command itself changes the day's cohort. */
    @ParameterizedTest
    @MethodSource("settings")
    void anErasedUserLeavesCohortsWhoseEventsHaveExpired(MigratorSettings settings) {
        String organization = organization();
        String other = organization();
        for (String of : List.of(organization, other)) {
            Stores.execute(settings, """
                    INSERT INTO `${database}`.users (organization_id, user_id, version, number, first_use)
                    SELECT '%s', ['anna', 'bert'][n], 1, n, '2001-03-01 10:00:00' FROM (SELECT arrayJoin([1, 2]) AS n)
                    """.formatted(of));
            Stores.execute(settings, """
                    INSERT INTO `${database}`.excluded_users (organization_id, user_id, since, excluded)
                    SELECT '%s', arrayJoin(['anna', 'bert']), '1970-01-01', true
                    """.formatted(of));
            for (int version = 1; version <= 2; version++) {
                Stores.execute(settings, """
                        INSERT INTO `${database}`.cohorts (organization_id, day, version, size, users)
                        SELECT '%s', '2001-03-01', %d, 2, bitmapBuild([toUInt32(1), 2])
                        """.formatted(of, version));
            }
        }
        try (Eraser eraser = eraser(settings, organization, new OfUser("anna"))) {
            assertEquals(Map.of(), eraser.delete());
            eraser.finish();
            eraser.finish();
        }
        assertEquals(List.of("1 [2]"), cohorts(settings, organization), "outdated rows too");
        assertEquals(List.of("2 [1,2]"), cohorts(settings, other));
        for (String table : List.of("users", "excluded_users")) {
            assertEquals(1, count(settings, table, organization), table);
            assertEquals(2, count(settings, table, other), table);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void anAppAndAWorkspaceAreErasedWithTheirCopiesAndRollups(MigratorSettings settings) throws SQLException {
        String organization = organization();
        for (String table : APP_TABLES) {
            insert(settings, table, organization, "2026-03-01 10:30:00", "shop");
            insert(settings, table, organization, "2026-03-01 10:30:00", "other");
        }
        insert(settings, "executions", organization, "2026-03-01 10:30:00", "main");
        insert(settings, "executions", organization, "2026-03-01 10:30:00", "other");
        for (String name : List.of("shop", "other")) {
            Stores.execute(settings, """
                    INSERT INTO `${database}`.app_counts (organization_id, app_id, granularity, bucket, version, errors)
                    SELECT '%s', '%s', 'five_minutes', '2026-03-01 10:05:00', 1, 1
                    """.formatted(organization, name));
            Stores.execute(settings, """
                    INSERT INTO `${database}`.app_vital_bins (organization_id, app_id, metric_name, bin, day, version)
                    SELECT '%s', '%s', 'LCP', 1, '2026-03-01', 1
                    """.formatted(organization, name));
            Stores.execute(settings, """
                    INSERT INTO `${database}`.app_vital_histograms (organization_id, app_id, granularity, bucket, version)
                    SELECT '%s', '%s', 'day', '2026-03-01 00:00:00', 1
                    """.formatted(organization, name));
        }
        clearMarks(settings);

        try (Eraser eraser = eraser(settings, organization, new OfApp("shop"))) {
            assertEquals(APP_TABLES, List.copyOf(eraser.delete().keySet()));
            assertEquals(List.of("2026-03-01 10:00:00"), marked(settings, "app_marks", organization));
            assertEquals(1, count(settings, "canvas_app_problems", organization), "the copy goes with its original");
            clearMarks(settings);
            eraser.finish();
        }
        for (String table : APP_TABLES) {
            assertEquals(1, count(settings, table, organization), table);
        }
        assertEquals(1, count(settings, "app_counts", organization));
        assertEquals(1, count(settings, "app_vital_bins", organization));
        assertEquals(1, count(settings, "app_vital_histograms", organization));
        assertEquals(2, count(settings, "executions", organization));

        try (Eraser eraser = eraser(settings, organization, new OfWorkspace("main"))) {
            assertEquals(Map.of("executions", 1L), eraser.delete());
            assertEquals(List.of("2026-03-01 10:00:00"), marked(settings, "execution_marks", organization));
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void anEventIsErasedWhereverItIsAndSoIsWhatHappenedBeforeADay(MigratorSettings settings) {
        String organization = organization();
        for (String table : COLUMNS.keySet()) {
            insert(settings, table, organization, "2026-03-01 23:59:59.999", "a", EVENT);
            insert(settings, table, organization, "2026-03-02 00:00:00", "a");
        }
        clearMarks(settings);
        try (Eraser eraser = eraser(settings, organization, new OneEvent(EVENT))) {
            assertEquals(8, eraser.delete().size());
        }
        for (String table : COLUMNS.keySet()) {
            assertEquals(1, count(settings, table, organization), table);
            insert(settings, table, organization, "2026-03-01 23:59:59.999", "a", EVENT);
        }
        try (Eraser eraser = eraser(settings, organization, new Before(LocalDate.parse("2026-03-02")))) {
            assertEquals(8, eraser.delete().size());
        }
        for (String table : COLUMNS.keySet()) {
            assertEquals(1, count(settings, table, organization), table);
        }
        assertEquals(1, count(settings, "canvas_app_problems", organization));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void ofAnOrganizationNothingIsLeftAndItsIdsCanBeUsedAgain(MigratorSettings settings) throws SQLException {
        String organization = organization();
        String other = organization();
        inPostgres(settings, "INSERT INTO organizations VALUES ('%s', 'x')".formatted(organization));
        inPostgres(
                settings,
                "INSERT INTO apps VALUES ('%1$s', 'kept', 'x'), ('%1$s', 'gone', 'x')".formatted(organization));
        inPostgres(settings, "DELETE FROM apps WHERE app_id = 'gone'");
        String again = "INSERT INTO apps VALUES ('%s', 'gone', 'x')".formatted(organization);
        assertThrows(SQLException.class, () -> inPostgres(settings, again));
        for (String table : COLUMNS.keySet()) {
            insert(settings, table, organization, "2026-03-01 10:00:00", "a");
            insert(settings, table, other, "2026-03-01 10:00:00", "a");
        }
        Map<String, Long> others = rows(settings, other);

        try (Eraser eraser = eraser(settings, organization, new Everything())) {
            assertEquals(8, eraser.delete().size());
            clearMarks(settings);
            assertTrue(eraser.finish());
        }
        assertEquals(Map.of(), rows(settings, organization));
        assertEquals(others, rows(settings, other));
        inPostgres(settings, again);
        inPostgres(settings, "DELETE FROM apps WHERE app_id = 'kept'");
        assertThrows(
                SQLException.class,
                () -> inPostgres(settings, "INSERT INTO apps VALUES ('%s', 'kept', 'x')".formatted(organization)),
                "it was there when the organisation's events were erased");
        inPostgres(settings, "DELETE FROM organizations");
        inPostgres(settings, "DELETE FROM used_ids");
    }

    /** Somebody goes on sending events: they must not be missing from gold, and nobody else may get the id. */
    @ParameterizedTest
    @MethodSource("settings")
    void whatCameWhileItWaitedIsRebuiltOnceMoreAndKeepsTheId(MigratorSettings settings) throws SQLException {
        String organization = organization();
        String again = "INSERT INTO organizations VALUES ('%s', 'x')".formatted(organization);
        inPostgres(settings, again);
        inPostgres(settings, "DELETE FROM organizations WHERE organization_id = '%s'".formatted(organization));
        insert(settings, "events", organization, "2026-03-01 10:00:00", "anna");

        try (Eraser eraser = eraser(settings, organization, new Everything())) {
            assertEquals(Map.of("events", 1L), eraser.delete());
            insert(settings, "events", organization, "2026-03-05 10:00:00", "anna");
            clearMarks(settings);
            assertFalse(eraser.finish());
        }
        assertEquals(List.of("2026-03-05 00:00:00"), marked(settings, "event_marks", organization));
        assertThrows(SQLException.class, () -> inPostgres(settings, again));
        clearMarks(settings);
    }

    /** A run was killed after the deletion and before it requested the rebuilds: the next run requests them. */
    @ParameterizedTest
    @MethodSource("settings")
    void aRunThatDiedIsCompletedByTheNext(MigratorSettings settings) throws SQLException {
        String organization = organization();
        inPostgres(
                settings,
                "INSERT INTO erasing_buckets VALUES ('%s', 'event_marks', '2026-03-01 00:00:00Z'), ('other', 'event_marks', '2026-03-02 00:00:00Z')"
                        .formatted(organization));
        try (Eraser eraser = eraser(settings, organization, new OfUser("anna"))) {
            assertEquals(Map.of(), eraser.delete());
            assertEquals(List.of("2026-03-01 00:00:00"), marked(settings, "event_marks", organization));
        }
        inPostgres(settings, "DELETE FROM erasing_buckets WHERE organization_id = 'other'");
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theCommandSaysWhatItErasedAndWhatItWaitsFor(MigratorSettings settings) throws InterruptedException {
        String organization = organization();
        insert(settings, "invocations", organization, "2026-03-01 10:00:00", "crm");
        clearMarks(settings);
        Output first = command(settings, "--organization=" + organization, "--wait=0");
        assertEquals(1, first.status());
        assertEquals("invocations: 1 erased\nWaiting for the rollup job to rebuild 1 days or hours ...\n", first.out());
        assertTrue(first.err().startsWith("The events are erased, but 1 days or hours still count them"), first.err());
        clearMarks(settings);
        assertEquals(
                new Output(0, "No such events are stored.\nDone: no number counts them any more.\n", ""),
                command(settings, "--organization=" + organization));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aWrongCallErasesNothing(MigratorSettings settings) throws InterruptedException {
        String organization = organization();
        insert(settings, "events", organization, "2026-03-01 10:00:00", "anna");
        Map<List<String>, String> wrong = Map.of(
                List.of(), "--organization=ID is required.",
                List.of("--user=anna"), "--organization=ID is required.",
                List.of("--organization="), "\"--organization=\" must have a value, as in --organization=VALUE.",
                List.of("--organization=" + organization, "--user=anna", "--app=shop"),
                        "Give one of --user, --app, --workspace, --event and --before, or none of them.",
                List.of("--organization=" + organization, "--event=1-1-1-1-1"),
                        "--event must be a UUID, but is \"1-1-1-1-1\".",
                List.of("--organization=" + organization, "--before=yesterday"),
                        "--before must be a day as YYYY-MM-DD, but is \"yesterday\".",
                List.of("--organization=" + organization, "--all"), "\"--all\" must have a value, as in --all=VALUE.",
                List.of("--organization=" + organization, "--users=a"), "There is no option --users.",
                List.of("--organization=" + organization, "--user=m\uFFFDller"),
                        "\"--user=m\uFFFDller\" is not text in %s, the encoding of the locale: set LC_ALL to a locale with UTF-8, such as C.UTF-8."
                                .formatted(System.getProperty("native.encoding")));
        for (var call : wrong.entrySet()) {
            Output output = command(settings, call.getKey().toArray(String[]::new));
            assertEquals(new Output(2, "", call.getValue() + "\n" + EraseCommand.USAGE), output);
        }
        Output malformed = command(settings, "--organization=a b");
        assertEquals(
                new Output(
                        1,
                        "",
                        "The organisation id must be 1 to 64 letters, digits, dashes and underscores, but is \"a b\".\n"),
                malformed);
        assertEquals(1, count(settings, "events", organization));
    }

    private record Output(int status, String out, String err) {}

    private static Output command(MigratorSettings settings, String... arguments) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = EraseCommand.run(
                List.of(arguments),
                erasure -> new Eraser(erasure, settings.clickHouse(), settings.postgres()),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Output(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Eraser eraser(MigratorSettings settings, String organization, Subject subject) {
        return new Eraser(new Erasure(organization, subject), settings.clickHouse(), settings.postgres());
    }

    private static String organization() {
        return "org_" + UUID.randomUUID();
    }

    private static void insert(MigratorSettings settings, String table, String organization, String time, String name) {
        insert(settings, table, organization, time, name, UUID.randomUUID());
    }

    private static void insert(
            MigratorSettings settings, String table, String organization, String time, String name, UUID event) {
        String values = COLUMNS.get(table)
                .replace("SELECT {time}", "SELECT '%s', '%s', '%s'".formatted(organization, event, time))
                .replace("{name}", "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'");
        Stores.execute(
                settings,
                "INSERT INTO `${database}`.%s (organization_id, event_id, %s".formatted(table, values)
                        + (isCluster(settings) ? " SETTINGS distributed_foreground_insert = 1" : ""));
    }

    /** Clears marks as the rollup job does after a rebuild. */
    private static void clearMarks(MigratorSettings settings) {
        BronzeTable.marks()
                .forEach(marks -> Stores.execute(settings, "TRUNCATE TABLE `${database}`." + marks + local(settings)));
    }

    private static List<String> marked(MigratorSettings settings, String marks, String organization) {
        return Stores.query(settings, """
                        SELECT DISTINCT toString(bucket) AS start FROM `${database}`.%s FINAL
                        WHERE organization_id = '%s' AND sign = 1 AND source = ''
                        ORDER BY start
                        """.formatted(marks, organization)).stream()
                .map(row -> row.getString("start"))
                .toList();
    }

    /** Number of rows of an organisation by table, without tables of marks. */
    private static Map<String, Long> rows(MigratorSettings settings, String organization) {
        Map<String, Long> rows = new HashMap<>();
        Stores.query(settings, """
                        SELECT DISTINCT table AS name FROM system.columns
                        WHERE database = '${database}' AND name = 'organization_id' AND table NOT LIKE '%\\_marks%'
                          AND table NOT LIKE '%\\_local' AND table NOT IN (
                              SELECT name FROM system.tables WHERE database = '${database}' AND engine LIKE '%View')
                        """).forEach(table -> {
            long found = count(settings, table.getString("name"), organization);
            if (found > 0) {
                rows.put(table.getString("name"), found);
            }
        });
        return rows;
    }

    private static List<String> cohorts(MigratorSettings settings, String organization) {
        return Stores.query(settings, """
                        SELECT DISTINCT concat(toString(size), ' ', toString(bitmapToArray(users))) AS cohort
                        FROM `${database}`.cohorts WHERE organization_id = '%s'
                        """.formatted(organization)).stream()
                .map(row -> row.getString("cohort"))
                .toList();
    }

    private static long count(MigratorSettings settings, String table, String organization) {
        return Stores.query(
                        settings,
                        "SELECT count() AS rows FROM `${database}`.%s FINAL WHERE organization_id = '%s'"
                                .formatted(table, organization))
                .getFirst()
                .getLong("rows");
    }

    private static void inPostgres(MigratorSettings settings, String sql) throws SQLException {
        try (Connection connection = settings.postgres().open();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean isCluster(MigratorSettings settings) {
        return settings.clickHouse().cluster().isPresent();
    }

    private static String local(MigratorSettings settings) {
        return isCluster(settings) ? "_local" : "";
    }
}
