package dev.quarry.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * App analytics: compares the overview over HTTP with the same queries on bronze, and the engine's time for filtered pages of
 * a log with a page without a filter, with the parts as loaded and merged.
 * Half of the events are app events, 40 % web vitals, 10 % errors, over 720 hours. The log has a fifth more rows, over
 * 168 hours; one in 2,000 is an error. One event in twenty is delivered twice.
 */
final class AppsBench implements Bench {
    private static final String APP = "INSERT INTO apps (organization_id, app_id, name) VALUES ('big', 'web', 'Bench')";
    private static final String ROW = """
            'big', 'web',
            toDateTime64(toStartOfHour(now()) - toIntervalHour({hours}), 3, 'UTC')
              + toIntervalMillisecond(intDiv(number * {hours} * 3600000, {count}) + sipHash64(number) % 200),
            reinterpretAsUUID(sipHash128(number))
            """;

    private static final String ERRORS = """
            INSERT INTO canvas_errors
            SELECT {row}, ['TypeError', 'RangeError', 'HTTP 500'][number % 3 + 1],
              concat('Cannot read properties of undefined ', toString(number % 1000)), '/cart'
            FROM numbers({count})
            """;
    private static final String VITALS = """
            INSERT INTO canvas_vitals
            SELECT {row}, ['LCP', 'INP', 'CLS', 'FCP', 'TTFB'][number % 5 + 1] AS metric,
              multiIf(
                metric = 'LCP', exp(7.6 + 0.5 * randNormal(0, 1, 1)),
                metric = 'INP', round(exp(5 + 0.6 * randNormal(0, 1, 2)) / 8) * 8,
                metric = 'CLS', if(sipHash64(number, 1) % 2 = 0, 0, exp(-3 + randNormal(0, 1, 3))),
                metric = 'FCP', exp(7.2 + 0.4 * randNormal(0, 1, 4)),
                exp(6.3 + 0.5 * randNormal(0, 1, 5))), '/cart'
            FROM numbers({count})
            """;
    private static final String EVENTS = """
            INSERT INTO canvas_app_events
            SELECT {row}, ['page_view', 'page_view', 'click'][number % 3 + 1], '/cart'
            FROM numbers({count})
            """;
    private static final String LOGS = """
            INSERT INTO canvas_app_logs
            SELECT {row}, multiIf(sipHash64(number, 2) % 2000 = 0, 'error', number % 20 = 0, 'warn', number % 3 = 0, 'log', 'info'),
              concat('Served in ', toString(number % 997), ' ms by worker ', toString(number % 16), ' for user ',
                hex(sipHash64(number, 3))), concat('/route/', toString(number % 50)), hex(sipHash64(number, 4))
            FROM numbers({count})
            """;

    private static final String WINDOW = """
            organization_id = 'big' AND app_id = 'web' AND timestamp >= now64(3) - toIntervalHour({hours}) AND timestamp < now64(3)
            """;
    private static final String[] RAW = {
        "SELECT toStartOfHour(timestamp) AS t, count() FROM canvas_errors FINAL WHERE {window} GROUP BY t ORDER BY t",
        "SELECT count(), countIf(event_type = 'page_view') FROM canvas_app_events FINAL WHERE {window}",
        "SELECT metric_name, quantilesExactWeighted(0.5, 0.75, 0.95)(value, 1), count() FROM canvas_vitals FINAL WHERE"
                + " {window} GROUP BY metric_name",
        "SELECT timestamp, error_type, error_message, url FROM canvas_errors FINAL WHERE {window} ORDER BY timestamp"
                + " DESC LIMIT 20"
    };

    /** Lengths of the windows that are measured, in hours. */
    private static final int[] WINDOWS = {1, 6, 24, 168, 720};

    private static final int WARM_UP = 500;
    private static final int ROUNDS = 25;

    /** The first page has no filter; the others are compared with it. */
    private static final String[] PAGES = {
        "?hours=168",
        "?hours=168&level=log",
        "?hours=168&level=info",
        "?hours=168&level=warn",
        "?hours=168&level=error",
        "?hours=1",
        "?hours=168&limit=1000",
        "?hours=168&q=user+ABC",
        "?hours=168&q=nowhere"
    };

    @Override
    public String family() {
        return "apps";
    }

    @Override
    public String service() {
        return "apps-analytics-service";
    }

    @Override
    public String permission() {
        return "apps:read";
    }

    @Override
    public void fill(Stage stage) throws Exception {
        load(stage, 100_000);
        insert(stage, LOGS, "canvas_app_logs", 168, 100_000);
    }

    @Override
    public Questions questions() {
        return new Questions(overview(24), Optional.empty(), Optional.of("/v1/apps/web/logs?hours=168&limit=1000"));
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint("analytics, 24 h", overview(24), OptionalDouble.empty()),
                new Endpoint("analytics, 168 h", overview(168), OptionalDouble.empty()),
                new Endpoint("analytics, 720 h", overview(720), OptionalDouble.empty()),
                new Endpoint("logs, 24 h", "/v1/apps/web/logs?hours=24", OptionalDouble.empty()));
    }

    @Override
    public void load(Stage stage, long rows) throws Exception {
        stage.inPostgres(APP);
        insert(stage, ERRORS, "canvas_errors", 720, rows / 10);
        insert(stage, VITALS, "canvas_vitals", 720, rows * 4 / 10);
        insert(stage, EVENTS, "canvas_app_events", 720, rows / 2);
        stage.awaitRollupJob("app_marks");
    }

    @Override
    public List<Comparison> comparisons() {
        return Arrays.stream(WINDOWS)
                .mapToObj(hours -> new Comparison(
                        "analytics, %d h".formatted(hours), overview(hours), scans(hours), hours <= 24 ? 3 : 50))
                .toList();
    }

    @Override
    public void run(Stage stage, long rows) throws Exception {
        long started = System.nanoTime();
        load(stage, rows);
        System.out.printf("%,d events loaded and rebuilt in %.0f s%n", rows, (System.nanoTime() - started) / 1e9);

        stage.awaitMerges();
        warmUp(stage);
        compareOverviews(stage);

        long logs = rows * 12 / 10;
        insert(stage, LOGS, "canvas_app_logs", 168, logs);
        stage.awaitMerges();
        double[] asLoaded = enginesShares(stage);
        stage.sql("OPTIMIZE TABLE canvas_app_logs FINAL");
        stage.sql("OPTIMIZE TABLE canvas_app_problems FINAL");
        double[] merged = enginesShares(stage);
        System.out.printf("%n%-34s %12s %8s %12s %8s%n", "%,d log rows".formatted(logs), "as loaded", "", "merged", "");
        for (int i = 0; i < PAGES.length; i++) {
            System.out.printf(
                    "%-34s %9.1f ms %7.1fx %9.1f ms %7.1fx%n",
                    "logs" + PAGES[i], asLoaded[i], asLoaded[i] / asLoaded[0], merged[i], merged[i] / merged[0]);
        }
    }

    private static void warmUp(Stage stage) throws Exception {
        for (int request = 0; request < WARM_UP; request++) {
            stage.get(overview(WINDOWS[request % WINDOWS.length]));
        }
    }

    private static void compareOverviews(Stage stage) throws Exception {
        System.out.printf("%-20s %12s %12s %7s%n", "", "raw scan ms", "answer ms", "ratio");
        for (int hours : WINDOWS) {
            compareOverviews(stage, hours);
        }
    }

    /** Measures in turns, so that other load on the machine affects both equally. */
    private static void compareOverviews(Stage stage, int hours) throws Exception {
        List<Double> raws = new ArrayList<>();
        List<Double> answers = new ArrayList<>();
        scan(stage, hours);
        for (int round = 0; round < ROUNDS; round++) {
            answers.add(Stage.millis(() -> stage.get(overview(hours))));
            raws.add(Stage.millis(() -> scan(stage, hours)));
        }
        double raw = median(raws);
        double answer = median(answers);
        System.out.printf(
                "%-20s %12.1f %12.1f %6.1fx%n", "analytics, %d h".formatted(hours), raw, answer, raw / answer);
    }

    private static String scan(Stage stage, int hours) throws Exception {
        StringBuilder answers = new StringBuilder();
        for (String sql : scans(hours)) {
            answers.append(stage.sql(sql));
        }
        return answers.toString();
    }

    private static List<String> scans(int hours) {
        return Arrays.stream(RAW)
                .map(sql -> sql.replace("{window}", WINDOW).replace("{hours}", Integer.toString(hours)))
                .toList();
    }

    private static double median(List<Double> millis) {
        return Stage.median(millis.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static String overview(int hours) {
        return "/v1/apps/web/analytics?hours=" + hours;
    }

    private static double[] enginesShares(Stage stage) throws Exception {
        double[] shares = new double[PAGES.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = stage.medianOfEngine("/v1/apps/web/logs" + PAGES[i]);
        }
        return shares;
    }

    private static void insert(Stage stage, String sql, String table, int hours, long count) throws Exception {
        stage.sql(sql.replace("{row}", ROW)
                .replace("{hours}", Integer.toString(hours))
                .replace("{count}", Long.toString(count)));
        stage.sql("INSERT INTO %1$s SELECT * FROM %1$s WHERE cityHash64(event_id) %% 20 = 0".formatted(table));
    }
}
