package dev.quarry.organizations;

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
                Map.entry("/v1/orgs/{org_id}/analytics", new Budget(1, 1)),
                Map.entry("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics", new Budget(1, 1)),
                Map.entry("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/resources", new Budget(0, 1)),
                Map.entry("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions", new Budget(0, 0)),
                Map.entry("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions/hourly", new Budget(0, 0)),
                Map.entry("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions/daily", new Budget(0, 0)),
                Map.entry("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/actions", new Budget(0, 1)),
                Map.entry("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/secrets", new Budget(0, 1)),
                Map.entry("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/sources", new Budget(0, 1)),
                Map.entry("/v1/orgs/{org_id}/workspaces/{workspace_id}/apps/{app_id}/analytics", new Budget(0, 1)),
                Map.entry(
                        "/v1/orgs/{org_id}/workspaces/{workspace_id}/namespaces/{namespace_id}/analytics",
                        new Budget(0, 1)));
    }
}
