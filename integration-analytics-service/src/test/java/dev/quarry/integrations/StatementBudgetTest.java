package dev.quarry.integrations;

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
                Map.entry("/v1/analytics/integrations/dashboard", new Budget(0, 0)),
                Map.entry("/v1/analytics/integrations/summary", new Budget(0, 0)),
                Map.entry("/v1/analytics/integrations/usage", new Budget(0, 0)),
                Map.entry("/v1/analytics/integrations/success-rate", new Budget(0, 0)),
                Map.entry("/v1/analytics/integrations/latency", new Budget(0, 0)),
                Map.entry("/v1/analytics/integrations/by-integration", new Budget(0, 0)),
                Map.entry("/v1/analytics/integrations/by-mode", new Budget(0, 0)),
                Map.entry("/v1/analytics/integrations/error-breakdown", new Budget(0, 0)));
    }
}
