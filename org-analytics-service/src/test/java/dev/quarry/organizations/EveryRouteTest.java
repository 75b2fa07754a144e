package dev.quarry.organizations;

import dev.quarry.testing.EveryRouteTests;
import dev.quarry.testing.Stores;
import dev.quarry.testing.Tenant;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.LinkedHashMap;
import java.util.Map;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class EveryRouteTest extends EveryRouteTests {
    private static final String WORKSPACE = "/workspaces/{workspace_id}";

    @Override
    protected Map<String, Route> routes() {
        Tenant tenant = SampleTenant.create(1, "sample");
        Map<String, Route> routes = new LinkedHashMap<>();
        add(routes, tenant, "/analytics", "resources.sources", "executions.total");
        add(routes, tenant, WORKSPACE + "/analytics", "resources.sources", "executions.total");
        add(routes, tenant, WORKSPACE + "/analytics/resources", "sources");
        add(routes, tenant, WORKSPACE + "/analytics/executions", "total");
        add(routes, tenant, WORKSPACE + "/analytics/executions/hourly", "data.value.sum()");
        add(routes, tenant, WORKSPACE + "/analytics/executions/daily", "data.value.sum()");
        add(routes, tenant, WORKSPACE + "/analytics/actions", "total_actions");
        add(routes, tenant, WORKSPACE + "/analytics/secrets", "total_secrets");
        add(routes, tenant, WORKSPACE + "/analytics/sources", "total_chunks");
        add(routes, tenant, WORKSPACE + "/apps/{app_id}/analytics", "namespaces");
        add(routes, tenant, WORKSPACE + "/namespaces/{namespace_id}/analytics", "threads");
        return routes;
    }

    private static void add(Map<String, Route> routes, Tenant tenant, String path, String... numbers) {
        String route = "/v1/orgs/{org_id}" + path;
        String url = route;
        for (Map.Entry<String, String> id : tenant.ids().entrySet()) {
            url = url.replace("{" + id.getKey() + "}", id.getValue());
        }
        routes.put(route, json(tenant.caller().withBearer(), url, numbers));
    }
}
