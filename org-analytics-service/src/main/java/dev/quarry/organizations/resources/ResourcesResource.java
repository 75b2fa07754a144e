package dev.quarry.organizations.resources;

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

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/resources")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@RunOnVirtualThread
public class ResourcesResource {
    private final ResourcesQuery query;
    private final SecurityIdentity identity;
    private final Parameters<WorkspacePath> parameters;

    ResourcesResource(ResourcesQuery query, SecurityIdentity identity, Parameters<WorkspacePath> parameters) {
        this.query = query;
        this.identity = identity;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "get_resource_counts", summary = "Get resource counts")
    @Example("""
            {"sources": 8, "augmentations": 2, "endpoints": 1, "namespaces": 2, "apps": 1, "threads": 3, "actions": 3,
             "secrets": 2, "models": 1}
            """)
    public ResourceCounts resources() {
        Caller caller = Caller.of(identity);
        WorkspacePath path = parameters.read();
        Directory.requirePlausible(caller, path);
        return query.fetch(caller, path.workspace()).resources();
    }
}
