package dev.quarry.organizations.actions;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.organizations.Directory;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/actions")
@Tag(name = "Analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@RunOnVirtualThread
public class ActionsResource {
    private final ActionsQuery query;
    private final SecurityIdentity identity;

    ActionsResource(ActionsQuery query, SecurityIdentity identity) {
        this.query = query;
        this.identity = identity;
    }

    @GET
    @Operation(operationId = "get_action_analytics", summary = "Get action analytics")
    public ActionAnalytics actions(
            @PathParam("org_id") String organization, @PathParam("workspace_id") String workspace) {
        Caller caller = Caller.of(identity);
        Directory.requirePlausible(caller, organization, workspace);
        return query.fetch(caller, workspace);
    }
}
