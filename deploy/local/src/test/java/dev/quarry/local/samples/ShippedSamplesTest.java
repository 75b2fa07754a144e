package dev.quarry.local.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every shipped sample, loaded into the real engine, comes to what {@code src/test/python} works out from the raw file.
 */
class ShippedSamplesTest {
    private static SampleStores stores;

    @BeforeAll
    static void start() throws IOException {
        stores = new SampleStores();
    }

    @AfterAll
    static void stop() throws IOException {
        stores.close();
    }

    @Test
    void onlineRetail() throws Exception {
        LoadTarget target = stores.organization("retail");
        LoadReport report = stores.loader().loadShipped(SampleKind.ONLINE_RETAIL, target);
        assertEquals(46_431, report.read());
        assertEquals(Map.of("events", 44_951L), report.written());
        assertEquals(Map.of(OnlineRetail.NO_CUSTOMER, 1_480L), report.leftOut());

        List<String> expected = lines("online-retail");
        assertEquals(expected, dailyUse("retail"));

        stores.loader().loadShipped(SampleKind.ONLINE_RETAIL, target);
        assertEquals(expected, dailyUse("retail"), "after loading it again");
    }

    @Test
    void aider() throws Exception {
        LoadTarget target = stores.organization("aider");
        LoadReport report = stores.loader().loadShipped(SampleKind.AIDER, target);
        assertEquals(35_402, report.read());
        assertEquals(Map.of("events", 35_375L), report.written());
        assertEquals(Map.of(AiderEvents.NO_USER, 27L), report.leftOut());

        stores.loader().loadShipped(SampleKind.AIDER, target);
        assertMeasures("aider", """
                SELECT 'tool calls by day', toString(day), toString(count()) FROM `${database}`.events FINAL
                WHERE organization_id = 'aider' AND kind = 'tool_call' GROUP BY ALL
                UNION ALL
                SELECT 'tool calls by tool', tool, toString(count()) FROM `${database}`.events FINAL
                WHERE organization_id = 'aider' AND kind = 'tool_call' GROUP BY ALL
                UNION ALL
                SELECT 'users by day', toString(day), toString(uniqExact(user_id)) FROM `${database}`.events FINAL
                WHERE organization_id = 'aider' GROUP BY ALL
                UNION ALL
                SELECT 'sessions by first day', toString(toDate(start)), toString(count())
                FROM (SELECT session_id, min(time) AS start FROM `${database}`.events FINAL
                      WHERE organization_id = 'aider' GROUP BY session_id)
                GROUP BY ALL
                """);
    }

    @Test
    void apacheAccess() throws Exception {
        LoadTarget target = stores.organization("apache");
        LoadReport report = stores.loader().loadShipped(SampleKind.APACHE_ACCESS, target);
        assertEquals(10_000, report.read());
        assertEquals(10_000, report.written().get("canvas_request_logs"));
        assertEquals(Map.of(), report.leftOut());
        assertEquals(List.of("web"), apps("apache"));

        stores.loader().loadShipped(SampleKind.APACHE_ACCESS, target);
        assertMeasures("apache-access", """
                SELECT 'requests by day and status', concat(toString(toDate(timestamp)), ' ', toString(status_code)),
                       toString(count())
                FROM `${database}`.canvas_request_logs FINAL WHERE organization_id = 'apache' GROUP BY ALL
                UNION ALL
                SELECT 'requests by method', toString(method), toString(count())
                FROM `${database}`.canvas_request_logs FINAL WHERE organization_id = 'apache' GROUP BY ALL
                UNION ALL
                SELECT 'errors by day and type', concat(toString(toDate(timestamp)), ' ', error_type), toString(count())
                FROM `${database}`.canvas_errors FINAL WHERE organization_id = 'apache' GROUP BY ALL
                UNION ALL
                SELECT 'pageviews by day', toString(toDate(timestamp)), toString(count())
                FROM `${database}`.canvas_app_events FINAL
                WHERE organization_id = 'apache' AND event_type = 'pageview' GROUP BY ALL
                """);
        assertEquals(List.of("0"), stores.query("""
                        SELECT toString(countIf(NOT match(ip, '^\\\\d+\\\\.\\\\d+\\\\.\\\\d+\\\\.0$')))
                        FROM `${database}`.canvas_request_logs WHERE organization_id = 'apache'
                        """));
    }

    @Test
    void kafkaRuntime() throws Exception {
        LoadTarget target = stores.organization("kafka");
        LoadReport report = stores.loader().loadShipped(SampleKind.KAFKA_RUNTIME, target);
        assertEquals(24_922, report.read());
        assertEquals(Map.of("canvas_app_logs", 22_164L), report.written());
        assertEquals(Map.of(KafkaRuntimeLog.CONTINUATION, 2_758L), report.leftOut());
        assertEquals(List.of("kafka"), apps("kafka"));

        stores.loader().loadShipped(SampleKind.KAFKA_RUNTIME, target);
        assertMeasures("kafka-runtime", """
                SELECT 'entries by day and level', concat(toString(toDate(timestamp)), ' ', level), toString(count())
                FROM `${database}`.canvas_app_logs FINAL WHERE organization_id = 'kafka' GROUP BY ALL
                UNION ALL
                SELECT 'characters by level', toString(level), toString(sum(lengthUTF8(message)))
                FROM `${database}`.canvas_app_logs FINAL WHERE organization_id = 'kafka' GROUP BY ALL
                UNION ALL
                SELECT 'line breaks', 'all', toString(sum(countSubstrings(message, '\\n')))
                FROM `${database}`.canvas_app_logs FINAL WHERE organization_id = 'kafka'
                """);
    }

    @Test
    void trainTicket() throws Exception {
        LoadTarget target = stores.organization("train");
        LoadReport report = stores.loader().loadShipped(SampleKind.TRAIN_TICKET, target);
        assertEquals(7_829, report.read());
        assertEquals(Map.of("canvas_errors", 7_784L), report.written());
        assertEquals(Map.of(Rows.TIME_OUT_OF_RANGE, 45L), report.leftOut());
        assertEquals(13, apps("train").size());

        stores.loader().loadShipped(SampleKind.TRAIN_TICKET, target);
        assertMeasures("train-ticket", """
                SELECT 'errors by app', toString(app_id), toString(count())
                FROM `${database}`.canvas_errors FINAL WHERE organization_id = 'train' GROUP BY ALL
                UNION ALL
                SELECT 'errors by hour', formatDateTime(timestamp, '%Y-%m-%d %H'), toString(count())
                FROM `${database}`.canvas_errors FINAL WHERE organization_id = 'train' GROUP BY ALL
                """);
    }

    @Test
    void uptimeChecks() throws Exception {
        LoadTarget target = stores.organization("uptime");
        LoadReport report = stores.loader().loadShipped(SampleKind.UPTIME_CHECKS, target);
        assertEquals(13_617, report.read());
        assertEquals(Map.of("invocations", 13_617L, "executions", 13_617L), report.written());
        assertEquals(Map.of(), report.leftOut());
        assertEquals(
                List.of("d33bs-upptime-curc"),
                stores.queryPostgres("SELECT workspace_id FROM workspaces WHERE organization_id = 'uptime'"));

        stores.loader().loadShipped(SampleKind.UPTIME_CHECKS, target);
        assertMeasures("uptime-checks", """
                SELECT 'invocations by day and outcome', concat(toString(toDate(time)), ' ', toString(outcome)),
                       toString(count())
                FROM `${database}`.invocations FINAL WHERE organization_id = 'uptime' GROUP BY ALL
                UNION ALL
                SELECT 'invocations by integration', toString(integration_key), toString(count())
                FROM `${database}`.invocations FINAL WHERE organization_id = 'uptime' GROUP BY ALL
                UNION ALL
                SELECT 'latency by integration', toString(integration_key), toString(sum(latency_ms))
                FROM `${database}`.invocations FINAL WHERE organization_id = 'uptime' GROUP BY ALL
                UNION ALL
                SELECT 'failures by category', toString(error_category), toString(count())
                FROM `${database}`.invocations FINAL
                WHERE organization_id = 'uptime' AND outcome != 'success' GROUP BY ALL
                UNION ALL
                SELECT 'executions by day and status', concat(toString(toDate(time)), ' ', toString(status)),
                       toString(count())
                FROM `${database}`.executions FINAL WHERE organization_id = 'uptime' GROUP BY ALL
                """);
    }

    @Test
    void aShiftMovesEveryTimeByWholeDaysAndAnAppTakesAllRows() throws Exception {
        stores.organization("shifted");
        LoadTarget target = new LoadTarget("shifted", Optional.of("all"), 1_000);
        LoadReport report = stores.loader().loadShipped(SampleKind.TRAIN_TICKET, target);
        assertEquals(
                SampleKind.TRAIN_TICKET.lastDay().plusDays(1_000),
                report.last().atOffset(ZoneOffset.UTC).toLocalDate());
        assertEquals(List.of("all"), apps("shifted"));
    }

    /** The launcher works shifts out from these days. */
    @Test
    void theLastDayOfEachSampleIsTheOneDeclared() throws Exception {
        for (SampleKind kind : SampleKind.values()) {
            Rows rows = new Rows(_ -> {}, Clock.systemUTC());
            try (InputStream sample = kind.shipped()) {
                kind.converter().convert(SampleFile.open(sample), new LoadTarget("x"), rows);
            }
            LocalDate last = rows.report().last().atOffset(ZoneOffset.UTC).toLocalDate();
            assertEquals(kind.lastDay(), last, kind.commandName());
        }
    }

    private static List<String> dailyUse(String organization) {
        return stores.query("""
                SELECT toString(day), toString(uniqExact(user_id)), toString(countIf(kind = 'tool_call'))
                FROM `${database}`.events FINAL WHERE organization_id = '%s' GROUP BY day ORDER BY day
                """.formatted(organization));
    }

    private static List<String> apps(String organization) throws SQLException {
        return stores.queryPostgres(
                "SELECT app_id FROM apps WHERE organization_id = '%s' ORDER BY 1".formatted(organization));
    }

    private static void assertMeasures(String kind, String sql) throws IOException {
        List<String> expected = lines(kind).stream().sorted().toList();
        assertFalse(expected.isEmpty());
        assertEquals(expected, stores.query(sql).stream().sorted().toList());
    }

    /** The expected values, without the header. */
    private static List<String> lines(String kind) throws IOException {
        try (InputStream stream = ShippedSamplesTest.class.getResourceAsStream("/expected/" + kind + ".csv");
                BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).toList();
        }
    }
}
