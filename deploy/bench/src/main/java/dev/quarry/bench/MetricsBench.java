package dev.quarry.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Product metrics: compares each endpoint over HTTP with the same query on raw events. Then repeats this with four times
 * the events of the same users on the same days.
 */
final class MetricsBench implements Bench {
    private static final String FROM = "2026-02-01";
    private static final String TO = "2026-05-01";
    /** Endpoints that read more than one number a day. */
    private static final Set<String> WIDE = Set.of("retention", "power-users", "feature-adoption");

    private static final Map<String, Double> RATIOS = Map.of("dau", 200.0, "wau", 500.0, "mau", 500.0);
    private static final List<String> SLICED = List.of(
            "dau",
            "wau",
            "mau",
            "new-users",
            "retention",
            "tool-calls",
            "daily-sessions",
            "session-length",
            "tool-calls-per-user");
    private static final String WINDOW = "?limit=1000&from=" + FROM + "&to=" + TO;
    private static final String IN_WINDOW =
            "organization_id = 'big' AND day >= '%s' AND day <= '%s'".formatted(FROM, TO);

    /** Sessions of one to seven events of 140,000 users with different activity; one session in ten has no id. */
    private static String events(long people, long from, long count) {
        return """
            INSERT INTO events (organization_id, event_id, time, user_id, session_id, kind, tool, feature, locale, country)
            SELECT 'big', reinterpretAsUUID(sipHash128(seat, use)) AS event_id,
              toDateTime64('2026-02-01 00:00:00', 3, 'UTC') + intDiv(sipHash64(session, 1), 7) %% 90 * 86400
                + intDiv(sipHash64(session, 2), 7) %% 86400 + (use %% 8) * 90 + (sipHash64(seat, use) %% 60000) / 1000.0 AS time,
              concat('user-', toString(toUInt32(pow((sipHash64(session, 3) %% 1000000) / 1e6, 2) * 140000))) AS user_id,
              if(sipHash64(session, 4) %% 10 = 0, '', toString(reinterpretAsUUID(sipHash128(session, 's')))) AS session_id,
              if(sipHash64(seat, use, 5) %% 10 < 6, 'tool_call', 'feature_use') AS kind,
              if(kind = 'tool_call', concat('tool', toString(sipHash64(seat, use, 6) %% 50)), '') AS tool,
              if(kind = 'tool_call', '', concat('feature', toString(sipHash64(seat, use, 7) %% 20))) AS feature,
              ['en-US', 'de-DE', 'fr-FR', 'es-ES', 'ja-JP'][1 + sipHash64(user_id) %% 5] AS locale,
              ['US', 'DE', 'FR', 'ES', 'JP', 'BR'][1 + sipHash64(user_id, 1) %% 6] AS country
            FROM (
              SELECT number AS seat, number %% %d AS session, arrayJoin(range(1 + sipHash64(number, 9) %% 7)) AS use
              FROM numbers(%d, %d))
            SETTINGS max_insert_threads = 2
            """.formatted(people, from, count);
    }

    private static final String SESSIONS = """
            (SELECT min(time) AS start, max(time) AS end, groupUniqArrayIf(feature, feature != '') AS features
             FROM events WHERE organization_id = 'big' AND session_id != '' GROUP BY session_id
             UNION ALL
             SELECT island[1].1 AS start, island[-1].1 AS end, arrayDistinct(arrayFilter(f -> f != '', island.2)) AS features
             FROM (SELECT arraySort(groupArray((time, feature))) AS used,
                     arraySplit((u, pause) -> pause > 1800000, used,
                       arrayDifference(arrayMap(t -> toUnixTimestamp64Milli(t), used.1))) AS islands
                   FROM events WHERE organization_id = 'big' AND session_id = '' AND user_id != '' GROUP BY user_id)
             ARRAY JOIN islands AS island)
            """;

    private record Read(String path, String raw) {}

    @Override
    public String family() {
        return "metrics";
    }

    @Override
    public String service() {
        return "product-metrics-service";
    }

    @Override
    public String permission() {
        return "metrics:read";
    }

    @Override
    public void fill(Stage stage) throws Exception {
        load(stage, 100_000);
    }

    @Override
    public Questions questions() {
        String series = "/v1/metrics/dau" + WINDOW;
        return new Questions(series, Optional.of(series), Optional.empty());
    }

    @Override
    public List<Endpoint> endpoints() {
        return reads().entrySet().stream()
                .map(read -> new Endpoint(
                        read.getKey(),
                        read.getValue().path(),
                        OptionalDouble.of(WIDE.contains(read.getKey()) ? 4 : 1.6)))
                .toList();
    }

    @Override
    public void load(Stage stage, long rows) throws Exception {
        load(stage, rows / 4, 0, rows / 4);
    }

    /**
     * Loads some of the sessions, and waits until their days are rebuilt.
     *
     * @param sessions the number of all sessions, which decides how many users there are
     */
    void load(Stage stage, long sessions, long from, long count) throws Exception {
        insert(stage, sessions, from, count);
        stage.awaitRollupJob("event_marks");
    }

    @Override
    public List<Comparison> comparisons() {
        return reads().entrySet().stream()
                .map(read -> new Comparison(
                        read.getKey(),
                        read.getValue().path(),
                        List.of(read.getValue().raw()),
                        RATIOS.getOrDefault(read.getKey(), 50.0)))
                .toList();
    }

    @Override
    public void run(Stage stage, long rows) throws Exception {
        long sessions = rows / 4;
        long started = System.nanoTime();
        load(stage, sessions, 0, sessions / 4);
        System.out.printf(
                "a quarter of the events loaded and rebuilt in %.0f s%n", (System.nanoTime() - started) / 1e9);
        Map<String, Double> quarter = new LinkedHashMap<>();
        for (var endpoint : reads().entrySet()) {
            quarter.put(endpoint.getKey(), stage.medianOfGet(endpoint.getValue().path()));
        }

        started = System.nanoTime();
        load(stage, sessions, sessions / 4, sessions - sessions / 4);
        System.out.printf(
                "all loaded and rebuilt in %.0f s; events and users: %s%n",
                (System.nanoTime() - started) / 1e9,
                stage.sql("SELECT count(), uniqExact(user_id) FROM events").strip());
        System.out.printf("%-22s %12s %12s %8s %10s%n", "endpoint", "raw scan ms", "answer ms", "ratio", "4 x events");
        for (var endpoint : reads().entrySet()) {
            double answer = stage.medianOfGet(endpoint.getValue().path());
            double raw = stage.medianOfSql(endpoint.getValue().raw());
            System.out.printf(
                    "%-22s %12.1f %12.1f %7.0fx %9.2fx%n",
                    endpoint.getKey(), raw, answer, raw / answer, answer / quarter.get(endpoint.getKey()));
        }
        runSlices(stage);
    }

    /** Filters and groups, beside the same endpoint without. */
    private static void runSlices(Stage stage) throws Exception {
        System.out.printf("%-22s %10s %10s %14s%n", "endpoint", "slice", "answer ms", "x the whole");
        Map<String, Read> reads = reads();
        for (String name : SLICED) {
            String path = reads.get(name).path();
            double whole = stage.medianOfGet(path);
            for (String slice : List.of("country=DE", "by=country")) {
                double answer = stage.medianOfGet(path + "&" + slice);
                System.out.printf("%-22s %10s %10.1f %13.1fx%n", name, slice, answer, answer / whole);
            }
        }
    }

    /** In several inserts, as clients send them. */
    private static void insert(Stage stage, long sessions, long from, long count) throws Exception {
        long step = Math.max(1, count / 8);
        for (long at = from; at < from + count; at += step) {
            stage.sql(events(sessions / 4, at, Math.min(step, from + count - at)));
        }
    }

    private static Map<String, Read> reads() {
        Map<String, Read> endpoints = new LinkedHashMap<>();
        add(endpoints, "dau", "", "SELECT day, uniqExact(user_id) FROM events WHERE " + IN_WINDOW + " GROUP BY day");
        add(endpoints, "wau", "", rolling(7));
        add(endpoints, "mau", "", rolling(30));
        add(endpoints, "new-users", "", """
                SELECT first, count() FROM (
                  SELECT min(day) AS first FROM events WHERE organization_id = 'big' GROUP BY user_id)
                WHERE first >= '%s' AND first <= '%s' GROUP BY first
                """.formatted(FROM, TO));
        add(endpoints, "retention", "", """
                SELECT first, uniqExact(user_id), uniqExactIf(user_id, day = first + 7)
                FROM events INNER JOIN (
                  SELECT user_id, min(day) AS first FROM events WHERE organization_id = 'big' GROUP BY user_id) AS firsts
                USING (user_id)
                WHERE organization_id = 'big' AND first >= '%s' AND first <= '%s' GROUP BY first
                """.formatted(FROM, TO));
        add(
                endpoints,
                "tool-calls",
                "",
                "SELECT day, countIf(kind = 'tool_call') FROM events FINAL WHERE " + IN_WINDOW + " GROUP BY day");
        add(
                endpoints,
                "daily-sessions",
                "",
                "SELECT toDate(start) AS started, count() FROM " + SESSIONS + " GROUP BY started");
        add(
                endpoints,
                "session-length",
                "",
                "SELECT toDate(start) AS started, avg(dateDiff('millisecond', start, end)) FROM " + SESSIONS
                        + " GROUP BY started");
        add(
                endpoints,
                "tool-calls-per-user",
                "",
                "SELECT day, countIf(kind = 'tool_call') / uniqExact(user_id) FROM events FINAL WHERE " + IN_WINDOW
                        + " GROUP BY day");
        add(endpoints, "power-users", "", """
                SELECT count(), countIf(calls >= 10) FROM (
                  SELECT countIf(kind = 'tool_call') AS calls FROM events FINAL WHERE %s GROUP BY user_id)
                """.formatted(IN_WINDOW));
        endpoints.put("users-by", new Read("/v1/metrics/users-by?dimension=locale", """
                SELECT newest, count() FROM (
                  SELECT argMax(locale, (time, event_id)) AS newest FROM events WHERE organization_id = 'big' GROUP BY user_id)
                GROUP BY newest
                """));
        add(
                endpoints,
                "feature-adoption",
                "",
                "SELECT feature, count() FROM " + SESSIONS + " ARRAY JOIN features AS feature GROUP BY feature");
        return endpoints;
    }

    private static void add(Map<String, Read> endpoints, String name, String more, String raw) {
        endpoints.put(name, new Read("/v1/metrics/" + name + WINDOW + more, raw));
    }

    private static String rolling(int days) {
        return """
                SELECT later, uniqExact(user_id)
                FROM (SELECT DISTINCT day, user_id FROM events WHERE organization_id = 'big')
                ARRAY JOIN arrayMap(k -> day + k, range(%d)) AS later
                WHERE later >= '%s' AND later <= '%s' GROUP BY later
                """.formatted(days, FROM, TO);
    }
}
