package dev.quarry.metrics;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.EveryRouteTests;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class EveryRouteTest extends EveryRouteTests {
    private static final String WINDOW = "from=2026-03-01&to=2026-03-10";

    @Override
    protected Map<String, Route> routes() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        deliver(caller);
        Rollups.run();
        Map<String, Route> routes = new HashMap<>();
        for (String metric : List.of(
                "dau",
                "wau",
                "mau",
                "new-users",
                "tool-calls",
                "tool-calls-per-user",
                "daily-sessions",
                "session-length")) {
            add(routes, caller, metric, WINDOW, "data.value.sum()");
        }
        add(routes, caller, "retention", WINDOW + "&days=1", "data.retained.sum()");
        add(routes, caller, "power-users", WINDOW + "&threshold=1", "powerUsers");
        add(routes, caller, "users-by", "dimension=locale", "data.count.sum()");
        add(routes, caller, "feature-adoption", WINDOW, "data.sessionsWithFeature.sum()");
        return routes;
    }

    private static void add(Map<String, Route> routes, TestCaller caller, String metric, String query, String number) {
        String path = "/v1/metrics/" + metric;
        RequestSpecification request = caller.withApiKey();
        routes.put(path, json(request, path + "?" + query, number));
    }

    /** Two events of one session on each of two days. */
    private static void deliver(TestCaller caller) {
        List<Map<String, Object>> events = new ArrayList<>();
        for (String time : List.of("2026-03-01 10:00", "2026-03-01 10:05", "2026-03-02 10:00", "2026-03-02 10:05")) {
            Map<String, Object> event = new HashMap<>();
            event.put("organization_id", caller.organization());
            event.put("event_id", UUID.randomUUID().toString());
            event.put("time", time + ":00.000");
            event.put("user_id", "anna");
            event.put("session_id", "session of " + time.substring(0, 10));
            event.put("kind", "tool_call");
            event.put("tool", "search");
            event.put("feature", "export");
            event.put("locale", "de");
            events.add(event);
        }
        Stores.insert("events", events);
    }
}
