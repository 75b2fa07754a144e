package dev.quarry.apps;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Tenant;
import dev.quarry.testing.TestCaller;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** An organisation with an app that has rows in each table. */
final class SampleTenant {
    private SampleTenant() {}

    static Tenant create(int size, String app) {
        TestApp sample = TestApp.create(TestCaller.create(Permissions.APPS_READ), app);
        String text = sample.caller().organization();
        for (int row = 1; row <= size; row++) {
            Instant time = Instant.now().minusSeconds(60 + row);
            sample.send("canvas_errors", time, Map.of("error_type", text, "error_message", text, "url", text));
            sample.send("canvas_app_events", time, Map.of("event_type", "page_view", "url", text));
            sample.send("canvas_vitals", time, Map.of("metric_name", text, "value", 1_000));
            for (String level : new String[] {"info", "warn"}) {
                sample.send(
                        "canvas_app_logs",
                        time,
                        Map.of("level", level, "message", text, "route_path", text, "request_id", text));
            }
            sample.send(
                    "canvas_request_logs",
                    time,
                    Map.of("method", "GET", "path", text, "status_code", 200, "duration_ms", 1, "user_agent", text));
        }
        Rollups.run();
        String beginning = "0." + new UUID(0, 0);
        return new Tenant(sample.caller(), Map.of("app_id", app, "Last-Event-ID", beginning));
    }
}
