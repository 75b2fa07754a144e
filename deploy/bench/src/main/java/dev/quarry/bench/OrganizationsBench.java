package dev.quarry.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Organisation analytics: compares a workspace with sources (a tenth of the number of executions) with an empty workspace and
 * with a count of the rows, and executions from gold with a scan of bronze.
 */
final class OrganizationsBench implements Bench {
    private static final String ANALYTICS = "/v1/orgs/big/workspaces/full/analytics";
    private static final int DAYS = 90;
    private static final int BATCHES = 10;

    private static final String WORKSPACES = """
            INSERT INTO workspaces (organization_id, workspace_id, name)
            VALUES ('big', 'full', 'Full'), ('big', 'empty', 'Empty');
            INSERT INTO namespaces (organization_id, workspace_id, namespace_id)
            SELECT 'big', 'full', 'n' || n FROM generate_series(0, 19) AS n
            """;

    /** Inserts one row at a time, like real writers. Each appends a row of counts until the counts are merged. */
    private static final String SINGLE_WRITES = """
            DO $$
            BEGIN
                FOR s IN 1..2000 LOOP
                    UPDATE sources SET status = 'failed'
                    WHERE organization_id = 'big' AND workspace_id = 'full' AND source_id = 's' || s;
                    COMMIT;
                END LOOP;
            END;
            $$
            """;

    private static final String RAW = "FROM executions FINAL WHERE organization_id = 'big' AND workspace_id = 'full'";

    private record Question(String path, String raw) {}

    @Override
    public String family() {
        return "organizations";
    }

    @Override
    public String service() {
        return "org-analytics-service";
    }

    @Override
    public String permission() {
        return "analytics:read";
    }

    @Override
    public void fill(Stage stage) throws Exception {
        load(stage, 100_000);
        stage.postgres(sources(1, 10_000));
    }

    @Override
    public List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>();
        endpoints.add(new Endpoint("analytics", ANALYTICS, OptionalDouble.empty()));
        executionQuestions()
                .forEach((name, question) -> endpoints.add(
                        new Endpoint("executions, " + name, ANALYTICS + question.path(), OptionalDouble.empty())));
        return endpoints;
    }

    @Override
    public void load(Stage stage, long rows) throws Exception {
        stage.postgres(WORKSPACES);
        loadExecutions(stage, rows);
    }

    @Override
    public List<Comparison> comparisons() {
        return executionQuestions().entrySet().stream()
                .map(question -> new Comparison(
                        "executions, " + question.getKey(),
                        ANALYTICS + question.getValue().path(),
                        List.of(question.getValue().raw()),
                        50))
                .toList();
    }

    private static void loadExecutions(Stage stage, long rows) throws Exception {
        for (int from = 0; from < BATCHES; from++) {
            stage.sql(executions(from * (rows / BATCHES), rows / BATCHES));
        }
        stage.awaitRollupJob("execution_marks");
    }

    @Override
    public Questions questions() {
        return new Questions(
                ANALYTICS,
                Optional.of(ANALYTICS + "/executions/daily?days=90"),
                Optional.of(ANALYTICS + "/executions/hourly?hours=168"));
    }

    @Override
    public void run(Stage stage, long rows) throws Exception {
        stage.postgres(WORKSPACES);
        long batch = rows / 10 / BATCHES;
        for (int from = 0; from < BATCHES; from++) {
            stage.postgres(sources(from * batch + 1, (from + 1) * batch));
        }
        stage.postgres(SINGLE_WRITES);
        warmUp(stage);
        System.out.printf(
                "%d sources%n%-36s %12s %12s %8s%n", batch * BATCHES, "answer", "full ms", "empty ms", "ratio");
        for (String answer : new String[] {"analytics", "analytics/resources", "analytics/sources"}) {
            double full = stage.medianOfGet("/v1/orgs/big/workspaces/full/" + answer);
            double empty = stage.medianOfGet("/v1/orgs/big/workspaces/empty/" + answer);
            System.out.printf("%-36s %12.1f %12.1f %7.1fx%n", answer, full, empty, full / empty);
        }
        System.out.printf("%-36s %12.1f%n", "the sources' rows counted", stage.medianOfPostgres("""
                        SELECT type, status, count(*), sum(chunks), sum(tokens), sum(bytes) FROM sources
                        WHERE organization_id = 'big' AND workspace_id = 'full' GROUP BY type, status
                        """));

        long started = System.nanoTime();
        loadExecutions(stage, rows);
        System.out.printf(
                "%n%s executions loaded and rebuilt in %.0f s%n%-36s %12s %12s %8s%n",
                stage.sql("SELECT count() FROM executions").strip(),
                (System.nanoTime() - started) / 1e9,
                "answer",
                "raw scan ms",
                "answer ms",
                "ratio");
        for (var question : executionQuestions().entrySet()) {
            double answer = stage.medianOfGet(ANALYTICS + question.getValue().path());
            double raw = stage.medianOfSql(question.getValue().raw());
            System.out.printf("%-36s %12.1f %12.1f %7.0fx%n", question.getKey(), raw, answer, raw / answer);
        }
        System.out.println("exact: " + stage.get("/v1/orgs/big/workspaces/full/analytics/executions") + " of " + rows);
    }

    private static String sources(long from, long to) {
        return """
            INSERT INTO sources
            SELECT 'big', 'full', 's' || s, CASE WHEN s %% 3 > 0 THEN 'n' || s %% 20 END, 'type' || s %% 6,
                   (ARRAY['indexed', 'pending', 'failed'])[1 + s %% 3], s %% 50, s %% 9000, s
            FROM generate_series(%d, %d) AS s
            """.formatted(from, to);
    }

    /** Executions over the days until now; one in fifty is delivered twice. */
    private static String executions(long from, long count) {
        return """
            INSERT INTO executions (organization_id, workspace_id, time, event_id, status, duration_ms)
            SELECT 'big', 'full',
              toStartOfDay(now('UTC')) - toIntervalDay(89) + toIntervalMillisecond(sipHash64(number) %% (89 * 86400000)),
              reinterpretAsUUID(sipHash128(number)), if(sipHash64(number, 1) %% 10 = 0, 'failed', 'success'), number %% 5000
            FROM (SELECT arrayJoin(if(number %% 50 = 0, [number, number], [number])) AS number FROM numbers(%d, %d))
            SETTINGS max_insert_threads = 2
            """.formatted(from, count);
    }

    /** Warms the service up: after some hundred requests it has its full speed. */
    private static void warmUp(Stage stage) throws Exception {
        for (int i = 0; i < 300; i++) {
            stage.get("/v1/orgs/big/workspaces/empty/analytics");
            stage.get("/v1/orgs/big/workspaces/empty/analytics/sources");
            stage.get("/v1/orgs/big/workspaces/empty/analytics/executions/daily?days=90");
        }
    }

    private static Map<String, Question> executionQuestions() {
        Map<String, Question> questions = new LinkedHashMap<>();
        questions.put(
                "daily, 90 days",
                new Question(
                        "/executions/daily?days=90",
                        "SELECT toDate(time) AS day, count() " + RAW + inTheLast(DAYS) + " GROUP BY day ORDER BY day"));
        questions.put(
                "daily, 90 days, Asia/Kolkata",
                new Question(
                        "/executions/daily?days=90&tz=Asia/Kolkata",
                        "SELECT toDate(time, 'Asia/Kolkata') AS day, count() " + RAW + inTheLast(DAYS)
                                + " GROUP BY day ORDER BY day"));
        questions.put(
                "hourly, 168 hours",
                new Question(
                        "/executions/hourly?hours=168",
                        "SELECT toStartOfHour(time) AS hour, count() " + RAW + inTheLast(7)
                                + " GROUP BY hour ORDER BY hour"));
        questions.put("totals", new Question("/executions", "SELECT countIf(status = 'success'), count() " + RAW));
        return questions;
    }

    private static String inTheLast(int days) {
        return " AND time >= toStartOfDay(now('UTC')) - toIntervalDay(%d)".formatted(days - 1);
    }
}
