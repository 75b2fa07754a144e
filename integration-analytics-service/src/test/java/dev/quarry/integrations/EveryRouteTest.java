package dev.quarry.integrations;

import dev.quarry.testing.EveryRouteTests;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.LinkedHashMap;
import java.util.Map;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class EveryRouteTest extends EveryRouteTests {
    private static final String PATH = "/v1/analytics/integrations/";

    @Override
    protected Map<String, Route> routes() {
        TestCaller caller = SampleTenant.create(1, "sample").caller();
        Map<String, String> numbers = Map.of(
                "dashboard", "latency.max_ms.sum()",
                "summary", "current_invocations.sum()",
                "usage", "invocations.sum()",
                "success-rate", "success_rate_pct.sum()",
                "latency", "max_ms.sum()",
                "by-integration", "invocations.sum()",
                "by-mode", "invocations.sum()",
                "error-breakdown", "count.sum()");
        Map<String, Route> routes = new LinkedHashMap<>();
        numbers.forEach((panel, number) -> routes.put(
                PATH + panel,
                json(caller.withApiKey(), PATH + panel + "?start_date=2026-06-10&end_date=2026-06-11", number)));
        return routes;
    }
}
