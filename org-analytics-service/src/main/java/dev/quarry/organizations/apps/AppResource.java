package dev.quarry.organizations.apps;

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

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/apps/{app_id}/analytics")
@Tag(name = "Analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@RunOnVirtualThread
public class AppResource {
    private final AppQuery query;
    private final SecurityIdentity identity;

    AppResource(AppQuery query, SecurityIdentity identity) {
        this.query = query;
        this.identity = identity;
    }

    @GET
    @Operation(operationId = "get_app_analytics", summary = "Get app analytics")
    public AppAnalytics app(
            @PathParam("org_id") String organization,
            @PathParam("workspace_id") String workspace,
            @PathParam("app_id") String app) {
        Caller caller = Caller.of(identity);
        Directory.requirePlausible(caller, organization, workspace);
        Directory.requirePlausible("app", app);
        return query.fetch(caller, workspace, app);
    }
}
