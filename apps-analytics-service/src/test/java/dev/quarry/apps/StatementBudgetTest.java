package dev.quarry.apps;

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
                Map.entry("/v1/apps/{app_id}/analytics", new Budget(4, 1)),
                Map.entry("/v1/apps/{app_id}/logs", new Budget(1, 1)),
                Map.entry("/v1/apps/{app_id}/logs/tail", new Budget(1, 2)));
    }
}
