package dev.quarry.metrics;

import dev.quarry.testing.EveryRouteTests;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class EveryRouteTest extends EveryRouteTests {
    private static final String WINDOW = "from=2026-02-01&to=2026-02-10";

    @Override
    protected Map<String, Route> routes() {
        TestCaller caller = SampleTenant.create(1, "anna").caller();
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
}
