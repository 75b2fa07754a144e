package dev.quarry.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The organisations of a soak and their events, in all tables that the four families read. An event is a function of its
 * number; its time is counted back from its insert.
 */
final class SoakData {
    static final int ORGANIZATIONS = 50;

    private static final Duration HISTORY = Duration.ofDays(30);
    /** Apps have a bucket for each hour and kind of event, so this decides how long the first rebuild takes. */
    private static final Duration HISTORY_OF_APPS = Duration.ofDays(7);

    private static final long EVENTS_OF_HISTORY = 500_000;
    private static final int BATCHES = 5;
    private static final List<String> MARKS =
            List.of("app_marks", "event_marks", "invocation_marks", "execution_marks");
    /** By the name of the {@link Bench}. */
    private static final Map<String, String> PERMISSIONS = Map.of(
            "apps", "apps:read",
            "metrics", "metrics:read",
            "integrations", "integrations:read",
            "organizations", "analytics:read");

    private static final String RESOURCES = """
            INSERT INTO organizations (organization_id, name)
            SELECT 'org-' || o, 'Soak' FROM generate_series(0, %1$d - 1) AS o;
            INSERT INTO apps (organization_id, app_id, name)
            SELECT 'org-' || o, 'web', 'Soak' FROM generate_series(0, %1$d - 1) AS o;
            INSERT INTO workspaces (organization_id, workspace_id, name)
            SELECT 'org-' || o, 'main', 'Soak' FROM generate_series(0, %1$d - 1) AS o;
            INSERT INTO namespaces (organization_id, workspace_id, namespace_id)
            SELECT 'org-' || o, 'main', 'n' || n
            FROM generate_series(0, %1$d - 1) AS o, generate_series(0, 4) AS n;
            INSERT INTO sources
                (organization_id, workspace_id, source_id, namespace_id, type, status, chunks, tokens, bytes)
            SELECT 'org-' || o, 'main', 's' || s, 'n' || s %% 5, 'type' || s %% 6,
                (ARRAY['indexed', 'pending', 'failed'])[1 + s %% 3], s %% 50, s %% 9000, s
            FROM generate_series(0, %1$d - 1) AS o, generate_series(1, 200) AS s
            """.formatted(ORGANIZATIONS);

    private static final String ORGANIZATION = "concat('org-', toString(number % 50))";
    /** The same for five events in turn of an organisation, which are one session. */
    private static final String SESSION = "(number % 50, intDiv(number, 250))";

    private static final String TIME = """
            (now64(3, 'UTC') - toIntervalMillisecond(
              sipHash64(SESSION, 'time') % {milliseconds} + intDiv(number, 50) % 5 * 10000))
            """.replace("SESSION", SESSION);

    private static final List<String> INSERTS = List.of("""
            INSERT INTO events
              (organization_id, event_id, time, user_id, session_id, kind, tool, feature, locale, country)
            SELECT {organization}, {event}, {time}, concat('user-', toString(sipHash64({session}, 'user') % 2000)) AS user,
              hex(sipHash128({session}, 'session')), if(number % 3 = 0, 'feature_use', 'tool_call') AS what,
              if(what = 'tool_call', concat('tool', toString(sipHash64(number, 1) % 50)), ''),
              if(what = 'tool_call', '', concat('feature', toString(sipHash64(number, 2) % 20))),
              ['en-US', 'de-DE', 'fr-FR', 'es-ES', 'ja-JP'][1 + sipHash64(user) % 5],
              ['US', 'DE', 'FR', 'ES', 'JP', 'BR'][1 + sipHash64(user, 1) % 6]
            FROM numbers({from}, {count})
            """, """
            INSERT INTO canvas_app_events (organization_id, app_id, timestamp, event_id, event_type, url)
            SELECT {organization}, 'web', {time}, {event}, ['page_view', 'page_view', 'click'][number % 3 + 1], '/cart'
            FROM numbers({from}, {count})
            """, """
            INSERT INTO canvas_vitals (organization_id, app_id, timestamp, event_id, metric_name, value, url)
            SELECT {organization}, 'web', {time}, {event}, ['LCP', 'INP', 'FCP', 'TTFB'][sipHash64(number, 3) % 4 + 1],
              exp(4 + sipHash64(number, 4) % 4000 / 1000.0), '/cart'
            FROM numbers({from}, {count})
            """, """
            INSERT INTO canvas_errors (organization_id, app_id, timestamp, event_id, error_type, error_message, url)
            SELECT {organization}, 'web', {time}, {event}, ['TypeError', 'RangeError', 'HTTP 500'][number % 3 + 1],
              concat('Cannot read properties of undefined ', toString(number % 1000)), '/cart'
            FROM numbers({from}, {count})
            WHERE sipHash64(number, 5) % 5 = 0
            """, """
            INSERT INTO canvas_app_logs
              (organization_id, app_id, timestamp, event_id, level, message, route_path, request_id)
            SELECT {organization}, 'web', {time}, {event},
              multiIf(sipHash64(number, 6) % 200 = 0, 'error', sipHash64(number, 6) % 20 = 0, 'warn', 'info'),
              concat('Served in ', toString(number % 997), ' ms for user ', hex(sipHash64(number, 7))),
              concat('/route/', toString(number % 50)), hex(sipHash64(number, 8))
            FROM numbers({from}, {count})
            """, """
            INSERT INTO invocations
              (organization_id, time, event_id, integration_key, slug, mode, outcome, error_category, latency_ms)
            SELECT {organization}, {time}, {event}, concat('integration_', toString(sipHash64(number, 9) % 10)),
              concat('tool_', toString(sipHash64(number, 10) % 50)),
              if(sipHash64(number, 11) % 3 = 0, 'feather_mcp_client', 'vendor_api'),
              multiIf(sipHash64(number, 12) % 100 < 92, 'success', sipHash64(number, 12) % 100 < 97, 'vendor_error',
                'exception') AS ended,
              if(ended = 'success', '', concat('category_', toString(sipHash64(number, 13) % 12))),
              exp(3 + sipHash64(number, 14) % 5000 / 1000.0)
            FROM numbers({from}, {count})
            """, """
            INSERT INTO executions (organization_id, workspace_id, time, event_id, status, duration_ms)
            SELECT {organization}, 'main', {time}, {event}, if(sipHash64(number, 15) % 10 = 0, 'failed', 'success'),
              sipHash64(number, 16) % 5000
            FROM numbers({from}, {count})
            """);

    private final Stage stage;
    private long next;

    private SoakData(Stage stage) {
        this.stage = stage;
    }

    /** Fills the stores with 30 days, for apps with 7, and waits until the rollup job has rebuilt all buckets. */
    static SoakData load(Stage stage) throws Exception {
        stage.postgres(RESOURCES);
        for (int organization = 0; organization < ORGANIZATIONS; organization++) {
            for (var permission : PERMISSIONS.entrySet()) {
                stage.admit(organization(organization), key(permission.getKey(), organization), permission.getValue());
            }
        }
        SoakData data = new SoakData(stage);
        for (int batch = 0; batch < BATCHES; batch++) {
            data.insert(EVENTS_OF_HISTORY / BATCHES, HISTORY, HISTORY_OF_APPS);
        }
        for (String marks : MARKS) {
            stage.awaitRollupJob(marks);
        }
        return data;
    }

    static String organization(int number) {
        return "org-" + number;
    }

    /** @param family as {@link Bench#family} names it */
    static String key(String family, int organization) {
        return "soak-%s-%d".formatted(family, organization);
    }

    /** Inserts so many events of all organisations into each table, with times within the last {@code age}. */
    void insert(long count, Duration age) throws Exception {
        insert(count, age, age);
    }

    private void insert(long count, Duration age, Duration ageOfApps) throws Exception {
        for (String insert : INSERTS) {
            Duration each = insert.contains("INTO canvas_") ? ageOfApps : age;
            stage.sql(insert.replace("{organization}", ORGANIZATION)
                    .replace("{event}", "reinterpretAsUUID(sipHash128(number, 'soak'))")
                    .replace("{time}", TIME)
                    .replace("{session}", SESSION)
                    .replace("{milliseconds}", Long.toString(each.toMillis()))
                    .replace("{from}", Long.toString(next))
                    .replace("{count}", Long.toString(count)));
        }
        next += count;
    }
}
