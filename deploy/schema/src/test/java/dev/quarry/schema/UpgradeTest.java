package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.ClickHouseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The promises of an upgrade: databases of each earlier release, with rows, are brought to this version's schema. */
class UpgradeTest {
    private static final int ROWS = 10;

    /** Table to the column of the time, the other required columns, and their values. */
    private static final Map<String, List<String>> BRONZE = Map.of(
            "events", List.of("time", "user_id, kind", "toString(number % 3), 'tool_call'"),
            "canvas_errors", List.of("timestamp", "app_id", "'app'"),
            "canvas_vitals", List.of("timestamp", "app_id, metric_name, value", "'app', 'LCP', number"),
            "canvas_app_events", List.of("timestamp", "app_id", "'app'"),
            "canvas_app_logs", List.of("timestamp", "app_id, level", "'app', 'error'"),
            "canvas_request_logs", List.of("timestamp", "app_id, duration_ms", "'app', number"),
            "invocations", List.of("time", "outcome, latency_ms", "'success', number"),
            "executions", List.of("time", "workspace_id, status, duration_ms", "'w', 'failed', number"));

    private static final List<String> ACCOUNTS = List.of(
            "INSERT INTO organizations (organization_id, name) VALUES ('org_a', 'A')",
            "INSERT INTO users (user_id) VALUES ('anna')",
            "INSERT INTO members (organization_id, user_id, permissions) VALUES ('org_a', 'anna', '{analytics:read}')",
            """
            INSERT INTO api_keys (key_id, organization_id, name, prefix, key_sha256, permissions)
            VALUES ('k', 'org_a', 'key', 'mcpeek_aaaaaaa', decode(repeat('aa', 32), 'hex'), '{metrics:read}')
            """,
            """
            INSERT INTO sessions (session_id, user_id, token_sha256, expires_at)
            VALUES ('s', 'anna', decode(repeat('bb', 32), 'hex'), '2100-01-01')
            """,
            "INSERT INTO workspaces (organization_id, workspace_id, name) VALUES ('org_a', 'w', 'W')",
            "INSERT INTO apps (organization_id, app_id, name) VALUES ('org_a', 'app', 'App')",
            """
            INSERT INTO sources (organization_id, workspace_id, source_id, type, chunks, tokens, bytes)
            SELECT 'org_a', 'w', 's' || number, 'file', number, 10 * number, 100 * number FROM generate_series(1, 10) AS number
            """);

    static List<String> releases() {
        return EarlierRelease.ALL;
    }

    @Test
    void eachRecordIsUsed() throws IOException {
        try (Stream<Path> records = Files.list(Path.of("src/test/resources/releases"))) {
            assertEquals(
                    releases().stream().sorted().toList(),
                    records.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    /** The migrator refuses a database whose applied files are not those of the program. */
    @ParameterizedTest
    @MethodSource("releases")
    void noMigrationOfTheReleaseHasChanged(String release) {
        assertEquals(List.of(), EarlierRelease.named(release).changed());
    }

    @ParameterizedTest
    @MethodSource("releases")
    void rowsAndMarksOfTheReleaseAreKept(String release) throws SQLException {
        MigratorSettings settings = created(release);
        Map<String, List<String>> columns = columns(settings);
        Map<String, String> rows = rows(settings, columns);
        Map<String, Long> marks = marks(settings);
        assertTrue(marks.size() >= 4 && marks.values().stream().allMatch(count -> count > 0), marks.toString());

        Migrator.migrate(settings);

        assertEquals(rows, rows(settings, columns));
        marks.forEach((table, count) -> assertTrue(marks(settings).get(table) >= count, table));
        assertEquals(
                List.of("10 55 550 5500"),
                postgres(
                        settings,
                        "SELECT concat_ws(' ', count(*), sum(chunks), sum(tokens), sum(bytes)) FROM sources"));
        assertEquals(List.of(), Migrator.migrate(settings).applied());
    }

    @ParameterizedTest
    @MethodSource("releases")
    void producersOfTheReleaseGoOn(String release) throws SQLException {
        MigratorSettings settings = created(release);
        Migrator.migrate(settings);
        insert(settings);
        for (String table : BRONZE.keySet()) {
            assertEquals(
                    2 * ROWS,
                    Stores.query(settings, "SELECT count() AS rows FROM `${database}`.%s FINAL".formatted(table))
                            .getFirst()
                            .getLong("rows"),
                    table);
        }
    }

    /** During the upgrade, the services of the release run on the new tables. */
    @ParameterizedTest
    @MethodSource("releases")
    void servicesOfTheReleaseFindTheirTables(String release) throws SQLException {
        MigratorSettings settings = created(release);
        Set<String> before = shapes(settings);
        Migrator.migrate(settings);
        before.removeAll(shapes(settings));
        assertEquals(Set.of(), before);
    }

    @ParameterizedTest
    @MethodSource("releases")
    void theUpgradedSchemaIsThatOfANewDatabase(String release) throws SQLException {
        MigratorSettings settings = created(release);
        Migrator.migrate(settings);
        MigratorSettings fresh = Stores.fresh(settings.retention());
        Migrator.migrate(fresh);
        assertEquals(definitions(fresh), definitions(settings));
    }

    /** Also a day that a service of the release writes during the upgrade. */
    @ParameterizedTest
    @MethodSource("releases")
    void daysOfTheReleaseHaveTheValuesOfTheirProfiles(String release) throws SQLException {
        MigratorSettings settings = created(release);
        insertProfiles(settings, "2025-03-01");
        Migrator.migrate(settings);
        insertProfiles(settings, "2025-03-02");
        Stores.execute(
                settings,
                "INSERT INTO `${database}`.activity_days (organization_id, day) VALUES ('org_a', '2025-03-03')");

        assertEquals(
                List.of(
                        "2025-03-01 locale {'de':[2,7],'en':[1,2]} {'de':4,'en':5} country {'DE':[1,2,7],'FR':[2]} {'DE':6,'FR':3}",
                        "2025-03-02 locale {'de':[2,7],'en':[1,2]} {'de':4,'en':5} country {'DE':[1,2,7],'FR':[2]} {'DE':6,'FR':3}",
                        "2025-03-03 locale {} {} country {} {}"),
                Stores.query(settings, """
                        WITH users -> mapApply((value, numbers) -> (value, bitmapToArray(numbers)), users) AS told
                        SELECT concat(
                            toString(day), ' locale ', toString(told(locale_users)), ' ', toString(locale_tool_calls),
                            ' country ', toString(told(country_users)), ' ', toString(country_tool_calls)) AS told_day
                        FROM `${database}`.activity_days FINAL
                        ORDER BY day
                        """).stream()
                        .map(row -> row.getString("told_day"))
                        .toList());
        String refusal = assertThrows(
                        ClickHouseException.class,
                        () -> Stores.execute(
                                settings,
                                "ALTER TABLE `${database}`.activity_days UPDATE country_users = country_users WHERE 1"))
                .getMessage();
        assertTrue(refusal.contains("materialized column"), refusal);
    }

    private static void insertProfiles(MigratorSettings settings, String day) {
        Stores.execute(settings, """
                INSERT INTO `${database}`.activity_days
                    (organization_id, day, profile, profile_values, profile_tool_calls, profile_users)
                SELECT 'org_a', '%s', [1, 2, 3],
                    [['en', 'DE', '', '', '', ''], ['en', 'FR', '', '', '', ''], ['de', 'DE', '', '', '', '']], [2, 3, 4],
                    arrayMap(numbers -> bitmapBuild(numbers), CAST([[1, 2], [2], [2, 7]], 'Array(Array(UInt32))'))
                """.formatted(day));
    }

    private static MigratorSettings created(String release) throws SQLException {
        MigratorSettings settings = Stores.fresh(Retention.longest());
        EarlierRelease.named(release).create(settings);
        insert(settings);
        for (String statement : ACCOUNTS) {
            postgres(settings, statement);
        }
        return settings;
    }

    private static void insert(MigratorSettings settings) {
        BRONZE.forEach((table, columns) ->
                Stores.execute(settings, """
                INSERT INTO `${database}`.%s (organization_id, event_id, %s, %s)
                SELECT 'org_a', generateUUIDv4(), toDateTime64('2025-03-01 10:00:00', 3, 'UTC') + 3600 * number, %s
                FROM numbers(%d)
                """.formatted(table, columns.get(0), columns.get(1), columns.get(2), ROWS)));
    }

    /** Table to its columns, of all tables with rows of tenants in both stores. */
    private static Map<String, List<String>> columns(MigratorSettings settings) throws SQLException {
        Map<String, List<String>> columns = new TreeMap<>();
        Stores.query(settings, """
                SELECT table, name FROM system.columns
                WHERE database = '${database}'
                  AND table IN (SELECT name FROM system.tables WHERE database = '${database}' AND engine LIKE '%MergeTree')
                  AND table != 'schema_migrations' AND NOT endsWith(table, '_marks')
                  AND NOT startsWith(type, 'AggregateFunction')
                ORDER BY table, position
                """)
                .forEach(row -> columns.computeIfAbsent("clickhouse " + row.getString("table"), _ -> new ArrayList<>())
                        .add(row.getString("name")));
        for (String column : postgres(settings, """
                SELECT table_name || ' ' || column_name FROM information_schema.columns JOIN information_schema.tables
                    USING (table_schema, table_name)
                WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> 'flyway_schema_history'
                ORDER BY table_name, ordinal_position
                """)) {
            String[] parts = column.split(" ", 2);
            columns.computeIfAbsent("postgresql " + parts[0], _ -> new ArrayList<>())
                    .add(parts[1]);
        }
        return columns;
    }

    /** Table to the number of its rows and a digest of them. */
    private static Map<String, String> rows(MigratorSettings settings, Map<String, List<String>> columns)
            throws SQLException {
        Map<String, String> rows = new TreeMap<>();
        for (var entry : columns.entrySet()) {
            String table = entry.getKey().substring(entry.getKey().indexOf(' ') + 1);
            String list = String.join(", ", entry.getValue());
            String digest = entry.getKey().startsWith("clickhouse ")
                    ? Stores.query(
                                    settings,
                                    "SELECT concat(toString(count()), ' ', toString(groupBitXor(cityHash64(%s)))) AS digest FROM `${database}`.%s FINAL"
                                            .formatted(list, table))
                            .getFirst()
                            .getString("digest")
                    : postgres(
                                    settings,
                                    "SELECT concat_ws(' ', count(*), md5(string_agg(t::text, ',' ORDER BY t::text))) FROM (SELECT %s FROM %s) AS t"
                                            .formatted(list, table))
                            .getFirst();
            rows.put(entry.getKey(), digest);
        }
        return rows;
    }

    /** Marks table to the number of marks that the rollup job has not cleared. */
    private static Map<String, Long> marks(MigratorSettings settings) {
        Map<String, Long> marks = new TreeMap<>();
        for (String table : BronzeTable.marks()) {
            marks.put(
                    table,
                    Stores.query(settings, "SELECT count() AS marks FROM `${database}`.%s FINAL".formatted(table))
                            .getFirst()
                            .getLong("marks"));
        }
        return marks;
    }

    /** Each column of both stores with its type. */
    private static Set<String> shapes(MigratorSettings settings) throws SQLException {
        Set<String> shapes = new TreeSet<>();
        Stores.query(
                        settings,
                        "SELECT concat(table, '.', name, ' ', type) AS shape FROM system.columns WHERE database = '${database}'")
                .forEach(row -> shapes.add("clickhouse " + row.getString("shape")));
        for (String shape : postgres(
                settings,
                "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = current_schema()")) {
            shapes.add("postgresql " + shape);
        }
        return shapes;
    }

    private static Set<String> definitions(MigratorSettings settings) throws SQLException {
        Set<String> definitions = shapes(settings);
        String database = settings.clickHouse().database();
        for (String sql : List.of(
                "SELECT concat(table, '.', name, ' ', default_kind, ' ', default_expression) AS definition FROM system.columns"
                        + " WHERE database = '${database}'",
                "SELECT concat(name, ' ', engine, ' ', partition_key, ' ', sorting_key, ' ', as_select) AS definition"
                        + " FROM system.tables WHERE database = '${database}'")) {
            Stores.query(settings, sql)
                    .forEach(row -> definitions.add(row.getString("definition").replace(database, "quarry")));
        }
        definitions.addAll(postgres(
                settings,
                "SELECT table_name || '.' || column_name || ' ' || is_nullable || ' ' || coalesce(column_default, '')"
                        + " FROM information_schema.columns WHERE table_schema = current_schema()"));
        definitions.addAll(postgres(settings, "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()"));
        definitions.addAll(
                postgres(
                        settings,
                        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint"));
        return definitions;
    }

    private static List<String> postgres(MigratorSettings settings, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = settings.postgres().open();
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
}
