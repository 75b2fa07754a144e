package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.query.GenericRecord;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the bronze tables promise, on a real engine. */
class BronzeTest {
    private static final String EVENT = "00000000-0000-0000-0000-000000000001";

    /** Table to the columns and values, besides organisation, time and event id, that it requires. */
    private static final Map<String, String> TABLES = Map.of(
            "events", "time, kind) SELECT {time}, 'tool_call'",
            "canvas_errors", "timestamp, app_id) SELECT {time}, 'app'",
            "canvas_vitals", "timestamp, app_id, metric_name, value) SELECT {time}, 'app', 'LCP', 1",
            "canvas_app_events", "timestamp, app_id) SELECT {time}, 'app'",
            "canvas_app_logs", "timestamp, app_id, level) SELECT {time}, 'app', 'warn'",
            "canvas_request_logs", "timestamp, app_id, duration_ms) SELECT {time}, 'app', 1",
            "invocations", "time, outcome, latency_ms) SELECT {time}, 'success', 1",
            "executions", "time, workspace_id, status, duration_ms) SELECT {time}, 'workspace', 'success', 1");

    private static MigratorSettings settings;

    @BeforeAll
    static void migrate() {
        settings = Stores.fresh(Retention.longest(), AcceptedTimes.widest());
        Migrator.migrate(settings);
    }

    @Test
    void aRedeliveredEventCountsOnce() {
        for (String table : TABLES.keySet()) {
            insert(table, "acme", EVENT, "2026-01-31 23:59:59.999");
            insert(table, "acme", EVENT, "2026-01-31 23:59:59.999");
            insert(table, "acme", EVENT.replace('1', '2'), "2026-01-31 23:59:59.999");
            insert(table, "other", EVENT, "2026-01-31 23:59:59.999");
            assertEquals(2, count(table, "acme"), table);
            assertEquals(1, count(table, "other"), table);
        }
    }

    @Test
    void aRowWithoutTenantIsRefused() {
        for (String table : TABLES.keySet()) {
            assertViolates("organization_id_is_not_empty", () -> insert(table, "", EVENT, "2026-01-01 00:00:00"));
        }
    }

    @Test
    void aTimeThatWouldWrapAroundIsRefused() {
        for (String table : TABLES.keySet()) {
            for (String time : List.of("2100-01-01 00:00:00", "2250-01-01 00:00:00", "1969-12-31 23:59:59")) {
                assertViolates(timeOf(table) + "_is_storable", () -> insert(table, "acme", EVENT, time));
            }
        }
    }

    /** Fifty years of retention reach past the end of Date (2149) and DateTime (2106) for the latest storable time. */
    @Test
    void theLatestStorableTimeSurvivesAMerge() {
        for (String table : TABLES.keySet()) {
            insert(table, "future", EVENT, "2099-12-31 23:59:59");
            insert(table, "future", EVENT, "1990-01-01 00:00:00");
            Stores.execute(settings, "OPTIMIZE TABLE `${database}`.%s FINAL".formatted(table));
            assertEquals(2, count(table, "future"), table);
        }
    }

    @Test
    void derivedColumnsAreUtc() {
        insert("events", "derived", EVENT, "2026-03-29 23:59:59.999");
        insert("invocations", "derived", EVENT, "2026-03-29 23:59:59.999");
        assertEquals(
                "2026-03-29",
                Stores.query(
                                settings,
                                "SELECT toString(day) AS day FROM `${database}`.events WHERE organization_id = 'derived'")
                        .getFirst()
                        .getString("day"));
        assertEquals(
                "2026-03-29 23:00:00", Stores.query(settings, """
                                SELECT toString(hour) AS hour FROM `${database}`.invocations
                                WHERE organization_id = 'derived'
                                """).getFirst().getString("hour"));
    }

    /** Each INSERT has its own stamp, whatever its size, and no producer can choose it. */
    @Test
    void theNewestDeliveryCounts() {
        for (String table : TABLES.keySet()) {
            insert(table, "stamped", EVENT, "2026-01-31 12:00:00");
            insert(table, "stamped", EVENT, "2026-01-31 12:00:00");
            GenericRecord row = Stores.query(settings, """
                            SELECT count() AS rows, countIf(delivered = (
                                SELECT max(delivered) FROM `${database}`.%1$s WHERE organization_id = 'stamped')) AS newest
                            FROM `${database}`.%1$s FINAL
                            WHERE organization_id = 'stamped'
                            """.formatted(table)).getFirst();
            assertEquals(1, row.getLong("rows"), table);
            assertEquals(1, row.getLong("newest"), table);
        }
        ClickHouseException refused = assertThrows(ClickHouseException.class, () -> Stores.execute(settings, """
                        INSERT INTO `${database}`.events (organization_id, event_id, time, kind, delivered)
                        SELECT 'stamped', generateUUIDv4(), '2026-01-01', 'tool_call', '2100-01-01'
                        """));
        assertTrue(refused.getMessage().contains("delivered"), refused.getMessage());
    }

    @Test
    void anInvalidNumberIsRefused() {
        assertViolates("value_is_a_number_from_0", () -> Stores.execute(settings, """
                INSERT INTO `${database}`.canvas_vitals (organization_id, app_id, timestamp, event_id, metric_name, value)
                SELECT 'acme', 'app', '2026-01-01', generateUUIDv4(), 'LCP', nan
                """));
    }

    private static void insert(String table, String organization, String event, String time) {
        Stores.execute(
                settings,
                "INSERT INTO `${database}`.%s (organization_id, event_id, %s"
                        .formatted(
                                table,
                                TABLES.get(table)
                                        .replace(
                                                "SELECT {time}",
                                                "SELECT '%s', '%s', '%s'".formatted(organization, event, time))));
    }

    private static long count(String table, String organization) {
        return Stores.query(
                        settings,
                        "SELECT count() AS rows FROM `${database}`.%s FINAL WHERE organization_id = '%s'"
                                .formatted(table, organization))
                .getFirst()
                .getLong("rows");
    }

    private static void assertViolates(String constraint, Runnable insert) {
        ClickHouseException failure = assertThrows(ClickHouseException.class, insert::run);
        assertTrue(failure.getMessage().contains("Constraint `" + constraint + "`"), failure.getMessage());
    }

    private static String timeOf(String table) {
        return TABLES.get(table).substring(0, TABLES.get(table).indexOf(','));
    }
}
