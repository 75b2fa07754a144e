package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.query.GenericRecord;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which rows are refused, kept and deleted while the retention is made shorter and longer, by the engine's own clock. */
class RetentionTest {
    private static final Retention LONG = new Retention(40, 20, 30);
    private static final Retention SHORT = new Retention(10, 5, 8);

    /** Table to the columns and values, besides organisation and event id, that it requires. */
    private static final Map<String, String> TABLES = Map.of(
            "events", "time, kind) SELECT {time}, 'tool_call'",
            "invocations", "time, outcome, latency_ms) SELECT {time}, 'success', 1",
            "executions", "time, workspace_id, status, duration_ms) SELECT {time}, 'workspace', 'success', 1",
            "canvas_errors", "timestamp, app_id) SELECT {time}, 'app'",
            "canvas_vitals", "timestamp, app_id, metric_name, value) SELECT {time}, 'app', 'LCP', 1",
            "canvas_app_events", "timestamp, app_id) SELECT {time}, 'app'",
            "canvas_app_logs", "timestamp, app_id, level) SELECT {time}, 'app', 'warn'",
            "canvas_request_logs", "timestamp, app_id, duration_ms) SELECT {time}, 'app', 1");

    @Test
    void bronzeRefusesAndDeletesByTheRetentionThatIsSet() {
        MigratorSettings settings = Stores.fresh(LONG);
        Migrator.migrate(settings);
        assertFirstAcceptedDays(settings, LONG);

        MigratorSettings shorter = with(settings, SHORT);
        TABLES.keySet().forEach(table -> insert(settings, table, "kept", days(SHORT, table) - 1, ""));
        TABLES.keySet().forEach(table -> insert(settings, table, "deleted", days(SHORT, table), ""));
        Migrator.migrate(shorter);
        assertFirstAcceptedDays(settings, SHORT);
        for (String table : TABLES.keySet()) {
            Stores.execute(
                    settings,
                    "ALTER TABLE `${database}`.%s MATERIALIZE TTL SETTINGS mutations_sync = 2".formatted(table));
            assertEquals(1, count(settings, table, "kept"), table);
            assertEquals(0, count(settings, table, "deleted"), table);
        }

        Migrator.migrate(settings);
        assertFirstAcceptedDays(settings, LONG);
    }

    /** A longer retention does not bring back the rows that a shorter one deleted. */
    @Test
    void servicesReadTheFirstDayWhoseRowsAreKept() {
        MigratorSettings settings = Stores.fresh(LONG);
        Migrator.migrate(settings);
        LocalDate always = LocalDate.EPOCH;
        assertTold(settings, List.of(40, 20, 30), List.of(always, always, always));
        assertEquals("40 20", rebuilt(settings));

        Migrator.migrate(with(settings, SHORT));
        assertTold(settings, List.of(10, 5, 8), List.of(always, always, always));
        assertEquals("10 5", rebuilt(settings));

        LocalDate today = today(settings);
        List<LocalDate> kept = List.of(today.minusDays(9), today.minusDays(4), today.minusDays(7));
        Migrator.migrate(settings);
        assertTold(settings, List.of(40, 20, 30), kept);
        assertEquals("10 5", rebuilt(settings), "a rebuild of an earlier day would lose the users that it knows");
        assertEquals(List.of(), Migrator.migrate(settings).applied());

        Migrator.migrate(with(settings, new Retention(400, 2, 30)));
        assertTold(settings, List.of(400, 2, 30), kept);
        assertEquals("10 2", rebuilt(settings));
    }

    /** The failed run has changed the tables already, and the engine may have deleted rows. */
    @Test
    void shorterRetentionThatFailedAndWasTakenBackMayHaveDeletedRows() {
        MigratorSettings settings = Stores.fresh(LONG);
        Migrator.migrate(settings);
        List<Script> failing = ScriptFolder.read("/db/clickhouse").stream()
                .map(script -> script.name().equals("R__retention.sql")
                        ? Script.of(
                                script.name(),
                                script.text().replace("CREATE OR REPLACE", "SELECT nonsense;\nCREATE OR REPLACE"))
                        : script)
                .toList();
        assertThrows(MigrationException.class, () -> Migrator.migrate(with(settings, SHORT), failing));
        assertEquals("10 5", rebuilt(settings));

        LocalDate today = today(settings);
        Migrator.migrate(settings);

        assertTold(settings, List.of(40, 20, 30), List.of(today.minusDays(9), today.minusDays(4), today.minusDays(7)));
        insert(settings, "events", "kept", days(LONG, "events") - 1, "");
        Stores.execute(settings, "ALTER TABLE `${database}`.events MATERIALIZE TTL SETTINGS mutations_sync = 2");
        assertEquals(1, count(settings, "events", "kept"));
    }

    /** How many days the rollup jobs of events and of apps may rebuild and compare. */
    private static String rebuilt(MigratorSettings settings) {
        return Stores.query(
                        settings,
                        "SELECT concat(toString(days), ' ', toString(app_days)) AS kept FROM `${database}`.event_retention")
                .getFirst()
                .getString("kept");
    }

    private static void assertTold(MigratorSettings settings, List<Integer> days, List<LocalDate> since) {
        for (String view : List.of("retention", "announced_retention")) {
            GenericRecord told = Stores.query(settings, """
                            SELECT event_days, log_days, error_days,
                              toString(events_since) AS events, toString(logs_since) AS logs, toString(errors_since) AS errors
                            FROM `${database}`.%s
                            """.formatted(view)).getFirst();
            assertEquals(
                    days,
                    List.of(told.getInteger("event_days"), told.getInteger("log_days"), told.getInteger("error_days")),
                    view);
            assertEquals(
                    since.stream().map(LocalDate::toString).toList(),
                    List.of(told.getString("events"), told.getString("logs"), told.getString("errors")),
                    view);
        }
    }

    private static void assertFirstAcceptedDays(MigratorSettings settings, Retention retention) {
        for (String table : TABLES.keySet()) {
            int days = days(retention, table);
            assertDoesNotThrow(() -> insert(settings, table, "acme", days - 1, ""), table);
            ClickHouseException refused = assertThrows(
                    ClickHouseException.class,
                    () -> insert(settings, table, "acme", days - 1, " - toIntervalMillisecond(1)"),
                    table);
            assertTrue(refused.getMessage().contains("_is_accepted"), refused.getMessage());
        }
    }

    private static int days(Retention retention, String table) {
        return switch (table) {
            case "events", "invocations", "executions" -> retention.eventDays();
            case "canvas_errors", "canvas_vitals" -> retention.errorDays();
            case "canvas_app_events" -> retention.logDays() + 1;
            default -> retention.logDays();
        };
    }

    /** Inserts a row at the first millisecond of the day {@code daysAgo}, plus {@code adjustment}. */
    private static void insert(
            MigratorSettings settings, String table, String organization, int daysAgo, String adjustment) {
        String time =
                "toDateTime64(toStartOfDay(now('UTC')), 3, 'UTC') - toIntervalDay(%d)%s".formatted(daysAgo, adjustment);
        Stores.execute(
                settings,
                "INSERT INTO `${database}`.%s (organization_id, event_id, %s"
                        .formatted(
                                table,
                                TABLES.get(table)
                                        .replace(
                                                "SELECT {time}",
                                                "SELECT '%s', '%s', %s"
                                                        .formatted(organization, UUID.randomUUID(), time))));
    }

    private static long count(MigratorSettings settings, String table, String organization) {
        return Stores.query(
                        settings,
                        "SELECT count() AS rows FROM `${database}`.%s FINAL WHERE organization_id = '%s'"
                                .formatted(table, organization))
                .getFirst()
                .getLong("rows");
    }

    private static LocalDate today(MigratorSettings settings) {
        return LocalDate.parse(Stores.query(settings, "SELECT toString(toDate(now('UTC'))) AS today")
                .getFirst()
                .getString("today"));
    }

    private static MigratorSettings with(MigratorSettings settings, Retention retention) {
        return new MigratorSettings(settings.clickHouse(), settings.postgres(), retention, settings.acceptedTimes());
    }
}
