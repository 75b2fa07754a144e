package dev.quarry.organizations;

import dev.quarry.testing.EveryRouteTests;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class EveryRouteTest extends EveryRouteTests {
    private static final String WORKSPACE = "/workspaces/{workspace_id}";

    private final TestOrganization organization = TestOrganization.create();

    @Override
    protected Map<String, Route> routes() {
        organization.addWorkspace("main");
        for (String values : List.of(
                "workspace_apps VALUES (?, 'main', 'app')",
                "namespaces VALUES (?, 'main', 'namespace', 'app')",
                "sources VALUES (?, 'main', 'source', 'namespace', 'file', 'indexed', 1, 2, 3)",
                "threads VALUES (?, 'main', 'thread', 'namespace')",
                "actions VALUES (?, 'main', 'action', 'trigger', true)",
                "secrets VALUES (?, 'main', 'secret', 'oauth', true)")) {
            TestOrganization.execute("INSERT INTO " + values, organization.id());
        }
        Instant past = Instant.now().minusSeconds(60);
        Stores.insert(
                "executions",
                List.of(Map.of(
                        "organization_id",
                        organization.id(),
                        "workspace_id",
                        "main",
                        "event_id",
                        UUID.randomUUID().toString(),
                        "time",
                        past.toString().replace("T", " ").replace("Z", ""),
                        "status",
                        "success",
                        "duration_ms",
                        12)));
        Rollups.run();

        Map<String, Route> routes = new LinkedHashMap<>();
        add(routes, "/analytics", "resources.sources", "executions.total");
        add(routes, WORKSPACE + "/analytics", "resources.sources", "executions.total");
        add(routes, WORKSPACE + "/analytics/resources", "sources");
        add(routes, WORKSPACE + "/analytics/executions", "total");
        add(routes, WORKSPACE + "/analytics/executions/hourly", "data.value.sum()");
        add(routes, WORKSPACE + "/analytics/executions/daily", "data.value.sum()");
        add(routes, WORKSPACE + "/analytics/actions", "total_actions");
        add(routes, WORKSPACE + "/analytics/secrets", "total_secrets");
        add(routes, WORKSPACE + "/analytics/sources", "total_chunks");
        add(routes, WORKSPACE + "/apps/{app_id}/analytics", "namespaces");
        add(routes, WORKSPACE + "/namespaces/{namespace_id}/analytics", "threads");
        return routes;
    }

    private void add(Map<String, Route> routes, String path, String... numbers) {
        String url = path.replace("{workspace_id}", "main")
                .replace("{app_id}", "app")
                .replace("{namespace_id}", "namespace");
        routes.put(
                "/v1/orgs/{org_id}" + path,
                json(organization.caller().withBearer(), "/v1/orgs/" + organization.id() + url, numbers));
    }
}
