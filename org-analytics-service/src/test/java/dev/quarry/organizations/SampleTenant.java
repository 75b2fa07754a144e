package dev.quarry.organizations;

import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.Tenant;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An organisation with a workspace that has resources of each kind and executions. */
final class SampleTenant {
    private SampleTenant() {}

    static Tenant create(int size, String id) {
        TestOrganization organization = TestOrganization.create();
        String text = organization.id();
        organization.addWorkspace(id);
        insert("workspace_apps VALUES (?, ?, ?)", text, id, id);
        insert("namespaces VALUES (?, ?, ?, ?)", text, id, id, id);
        for (int row = 1; row <= size; row++) {
            insert("namespaces VALUES (?, ?, ?, ?)", text, id, "namespace" + row, id);
            insert("sources VALUES (?, ?, ?, ?, ?, 'indexed', 1, 2, 3)", text, id, "source" + row, id, text);
            insert("threads VALUES (?, ?, ?, ?)", text, id, "thread" + row, id);
            insert("actions VALUES (?, ?, ?, 'trigger', true)", text, id, "action" + row);
            insert("secrets VALUES (?, ?, ?, ?, true)", text, id, "secret" + row, text);
            Stores.insert("executions", List.of(execution(text, id)));
        }
        Rollups.run();
        return new Tenant(
                organization.caller(), Map.of("org_id", text, "workspace_id", id, "app_id", id, "namespace_id", id));
    }

    private static void insert(String values, Object... parameters) {
        TestOrganization.execute("INSERT INTO " + values, parameters);
    }

    private static Map<String, Object> execution(String organization, String workspace) {
        return Map.of(
                "organization_id",
                organization,
                "workspace_id",
                workspace,
                "event_id",
                UUID.randomUUID().toString(),
                "time",
                Instant.now().minusSeconds(60).toString().replace("T", " ").replace("Z", ""),
                "status",
                "success",
                "duration_ms",
                12);
    }
}
