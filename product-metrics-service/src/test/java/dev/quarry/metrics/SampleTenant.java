package dev.quarry.metrics;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.Tenant;
import dev.quarry.testing.TestCaller;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An organisation with users who come back, in the days of the document's examples. */
final class SampleTenant {
    private static final List<String> DAYS = List.of("2026-02-01", "2026-02-02", "2026-02-08");

    private static final List<String> TEXTS =
            List.of("tool", "feature", "locale", "country", "client", "device", "platform", "version");

    private SampleTenant() {}

    static Tenant create(int users, String id) {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        String text = caller.organization();
        List<Map<String, Object>> events = new ArrayList<>();
        for (int user = 1; user <= users; user++) {
            for (String day : DAYS) {
                // The second user calls more often, so that averages differ too.
                for (int call = 0; call <= user; call++) {
                    Map<String, Object> event = new HashMap<>();
                    event.put("organization_id", text);
                    event.put("event_id", UUID.randomUUID().toString());
                    event.put("time", day + " 10:0" + call + ":00.000");
                    event.put("user_id", id + user);
                    event.put("session_id", id + user + day);
                    event.put("kind", "tool_call");
                    TEXTS.forEach(column -> event.put(column, text));
                    events.add(event);
                }
            }
        }
        Stores.insert("events", events);
        Rollups.run();
        return new Tenant(caller, Map.of());
    }
}
