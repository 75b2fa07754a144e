package dev.quarry.organizations.resources;

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

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/resources")
@Tag(name = "Analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@RunOnVirtualThread
public class ResourcesResource {
    private final ResourcesQuery query;
    private final SecurityIdentity identity;

    ResourcesResource(ResourcesQuery query, SecurityIdentity identity) {
        this.query = query;
        this.identity = identity;
    }

    @GET
    @Operation(operationId = "get_resource_counts", summary = "Get resource counts")
    public ResourceCounts resources(
            @PathParam("org_id") String organization, @PathParam("workspace_id") String workspace) {
        Caller caller = Caller.of(identity);
        Directory.requirePlausible(caller, organization, workspace);
        return query.fetch(caller, workspace).resources();
    }
}
