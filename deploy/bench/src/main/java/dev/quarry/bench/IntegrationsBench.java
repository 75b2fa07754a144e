package dev.quarry.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Integrations: compares the dashboard of 30 days by hour over HTTP with the seven queries on raw invocations that its panels
 * would need. Half of the rows are in the window, half in the window before it, which the summary needs.
 */
final class IntegrationsBench implements Bench {
    private static final String DASHBOARD =
            "/v1/analytics/integrations/dashboard?start_date=2026-03-31&end_date=2026-04-29";

    private static final List<String> PANELS =
            List.of("summary", "usage", "success-rate", "latency", "by-integration", "by-mode", "error-breakdown");

    private static final String WINDOW = """
            FROM invocations FINAL
            WHERE organization_id = '%s' AND hour >= '%s' AND hour < '2026-04-30 00:00:00' %s
            """;

    @Override
    public String family() {
        return "integrations";
    }

    @Override
    public String service() {
        return "integration-analytics-service";
    }

    @Override
    public String permission() {
        return "integrations:read";
    }

    @Override
    public void fill(Stage stage) throws Exception {
        load(stage, 500_000);
    }

    /** The largest answer is the dashboard of six days by minute: 8,640 buckets in each of three series. */
    @Override
    public Questions questions() {
        return new Questions(
                DASHBOARD,
                Optional.of(DASHBOARD),
                Optional.of("/v1/analytics/integrations/dashboard"
                        + "?start_date=2026-04-24&end_date=2026-04-29&granularity=minute"));
    }

    @Override
    public List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>();
        endpoints.add(new Endpoint("dashboard", DASHBOARD, OptionalDouble.of(5)));
        for (String panel : PANELS) {
            endpoints.add(new Endpoint(panel, DASHBOARD.replace("dashboard", panel), OptionalDouble.of(4)));
        }
        return endpoints;
    }

    @Override
    public void load(Stage stage, long rows) throws Exception {
        stage.sql(insert(rows));
        stage.awaitRollupJob("invocation_marks");
    }

    @Override
    public List<Comparison> comparisons() {
        return List.of(
                new Comparison("dashboard", DASHBOARD, questions(""), 50),
                new Comparison(
                        "dashboard of an integration",
                        DASHBOARD + "&integration_key=integration_7",
                        questions("AND integration_key = 'integration_7'"),
                        50));
    }

    /** Sizes of tenants. Each has a hundred times the rows of the one before, and is measured before the next is loaded. */
    @Override
    public void run(Stage stage, long rows) throws Exception {
        System.out.printf(
                "%-12s %-14s %14s %12s %8s%n", "invocations", "filter", "raw queries ms", "envelope ms", "ratio");
        long loaded = 0;
        for (long size : List.of(rows / 10_000, rows)) {
            load(stage, size);
            loaded += size;
            measure(stage, loaded, "none", "", "");
            measure(
                    stage,
                    loaded,
                    "integration",
                    "&integration_key=integration_7",
                    "AND integration_key = 'integration_7'");
        }
    }

    /** Latencies are log-normal with a median of 200 ms; ten integrations of uneven use, two modes, 8 % failures. */
    private static String insert(long count) {
        return """
            INSERT INTO invocations
              (organization_id, time, event_id, integration_key, slug, mode, outcome, error_category, latency_ms)
            SELECT '%s',
              toDateTime64('2026-03-01 00:00:00', 3, 'UTC') + toIntervalMillisecond(toUInt64(number / %d * 5184000000)),
              reinterpretAsUUID(sipHash128(number, %d)),
              concat('integration_', toString(toUInt8(sqrt(toUInt32(sipHash64(number, 1)) %% 100)))),
              concat('tool_', toString(toUInt32(sipHash64(number, 2)) %% 50)),
              if(toUInt32(sipHash64(number, 3)) %% 3 = 0, 'feather_mcp_client', 'vendor_api'),
              multiIf(toUInt32(sipHash64(number, 4)) %% 100 < 92, 'success', toUInt32(sipHash64(number, 4)) %% 100 < 97, 'vendor_error', 'exception') AS ended,
              if(ended = 'success', '', concat('category_', toString(toUInt32(sipHash64(number, 5)) %% 12))),
              toUInt32(least(60000, exp(5.3 + 0.9 * sqrt(-2 * log((toUInt32(sipHash64(number, 6)) + 1) / 4294967297.))
                * cos(2 * pi() * toUInt32(sipHash64(number, 7)) / 4294967296.))))
            FROM numbers(%d)
            """.formatted(Stage.ORGANIZATION, count, count, count);
    }

    private static void measure(Stage stage, long loaded, String filter, String parameter, String predicate)
            throws Exception {
        double raw = 0;
        for (String question : questions(predicate)) {
            raw += stage.medianOfSql(question);
        }
        double envelope = stage.medianOfGet(DASHBOARD + parameter);
        System.out.printf("%-12d %-14s %14.1f %12.1f %7.1fx%n", loaded, filter, raw, envelope, raw / envelope);
    }

    private static List<String> questions(String predicate) {
        String window = WINDOW.formatted(Stage.ORGANIZATION, "2026-03-31 00:00:00", predicate);
        String both = WINDOW.formatted(Stage.ORGANIZATION, "2026-03-01 00:00:00", predicate);
        String counts = "count(), countIf(outcome = 'success'), countIf(outcome = 'vendor_error'), countIf(outcome ="
                + " 'exception')";
        String p95 = "quantileExactWeighted(0.95)(latency_ms, 1)";
        return List.of(
                "SELECT hour >= '2026-03-31 00:00:00' AS current, %s, avg(latency_ms), %s %s GROUP BY current"
                        .formatted(counts, p95, both),
                "SELECT hour, %s %s GROUP BY hour".formatted(counts, window),
                "SELECT hour, count(), countIf(outcome = 'success') %s GROUP BY hour".formatted(window),
                "SELECT hour, quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency_ms, 1), avg(latency_ms),"
                        + " max(latency_ms)"
                        + " %s GROUP BY hour".formatted(window),
                "SELECT integration_key, %s, %s %s GROUP BY integration_key".formatted(counts, p95, window),
                "SELECT mode, %s, %s %s GROUP BY mode".formatted(counts, p95, window),
                "SELECT error_category, count() %s AND outcome != 'success' GROUP BY error_category".formatted(window));
    }
}
