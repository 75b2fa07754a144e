package dev.quarry.metrics;

import dev.quarry.testing.EveryRouteTests;
import dev.quarry.testing.StatementBudgetTests;
import dev.quarry.testing.StatementRecorder;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;

@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = StatementRecorder.class, restrictToAnnotatedClass = true)
class StatementBudgetTest extends StatementBudgetTests {
    @Override
    protected EveryRouteTests requests() {
        return new EveryRouteTest();
    }

    @Override
    protected Map<String, Budget> budgets() {
        return Map.ofEntries(
                Map.entry("/v1/metrics/dau", new Budget(0, 0)),
                Map.entry("/v1/metrics/wau", new Budget(0, 0)),
                Map.entry("/v1/metrics/mau", new Budget(0, 0)),
                Map.entry("/v1/metrics/new-users", new Budget(0, 0)),
                Map.entry("/v1/metrics/tool-calls", new Budget(0, 0)),
                Map.entry("/v1/metrics/tool-calls-per-user", new Budget(0, 0)),
                Map.entry("/v1/metrics/daily-sessions", new Budget(0, 0)),
                Map.entry("/v1/metrics/session-length", new Budget(0, 0)),
                Map.entry("/v1/metrics/retention", new Budget(0, 0)),
                Map.entry("/v1/metrics/power-users", new Budget(0, 0)),
                Map.entry("/v1/metrics/users-by", new Budget(0, 0)),
                Map.entry("/v1/metrics/feature-adoption", new Budget(0, 0)));
    }
}
