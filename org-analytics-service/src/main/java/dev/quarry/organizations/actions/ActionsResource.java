package dev.quarry.organizations.actions;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.WorkspacePath;
import dev.quarry.parameters.Parameters;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/actions")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@RunOnVirtualThread
public class ActionsResource {
    private final ActionsQuery query;
    private final SecurityIdentity identity;
    private final Parameters<WorkspacePath> parameters;

    ActionsResource(ActionsQuery query, SecurityIdentity identity, Parameters<WorkspacePath> parameters) {
        this.query = query;
        this.identity = identity;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "get_action_analytics", summary = "Get action analytics")
    @Example("""
            {"total_actions": 3, "enabled_actions": 2, "trigger_actions": 1, "scheduled_actions": 1}
            """)
    public ActionAnalytics actions() {
        Caller caller = Caller.of(identity);
        WorkspacePath path = parameters.read();
        Directory.requirePlausible(caller, path);
        return query.fetch(caller, path.workspace());
    }
}
