package dev.quarry.apps;

import dev.quarry.testing.EveryRouteTests;
import dev.quarry.testing.StatementBudgetTests;
import dev.quarry.testing.StatementRecorder;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;

@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = StatementRecorder.class, restrictToAnnotatedClass = true)
@TestProfile(StatementBudgetTest.RareLooks.class)
class StatementBudgetTest extends StatementBudgetTests {
    /** The statements that a tail waits for are counted, not those of the looks and of the background after them. */
    public static final class RareLooks implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarry.apps.tail.interval", "200ms");
        }
    }

    @Override
    protected EveryRouteTests requests() {
        return new EveryRouteTest();
    }

    @Override
    protected Map<String, Budget> budgets() {
        return Map.ofEntries(
                Map.entry("/v1/apps/{app_id}/analytics", new Budget(4, 1)),
                Map.entry("/v1/apps/{app_id}/logs", new Budget(1, 1)),
                // The look, if the tail of the request before is still open, and what the client lacks.
                Map.entry("/v1/apps/{app_id}/logs/tail", new Budget(2, 2)));
    }
}
