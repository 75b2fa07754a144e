package dev.quarry.organizations.apps;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.organizations.owned.OwnedResources;
import dev.quarry.organizations.owned.OwnedResourcesQuery;
import dev.quarry.organizations.owned.Owner;
import dev.quarry.parameters.Parameters;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/apps/{app_id}/analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@RunOnVirtualThread
public class AppResource {
    private final OwnedResourcesQuery query;
    private final SecurityIdentity identity;
    private final Parameters<AppPath> parameters;

    AppResource(OwnedResourcesQuery query, SecurityIdentity identity, Parameters<AppPath> parameters) {
        this.query = query;
        this.identity = identity;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "get_app_analytics", summary = "Get app analytics")
    @Example("""
            {"app_id": "assistant", "augmentations": 1, "namespaces": 1, "endpoints": 1, "releases": 2}
            """)
    public AppAnalytics app() {
        AppPath path = parameters.read();
        OwnedResources owned = query.fetch(Caller.of(identity), path.workspace(), Owner.APP, path.app());
        return AppAnalytics.of(path.app(), owned);
    }
}
