package dev.quarry.organizations.namespaces;

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

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/namespaces/{namespace_id}/analytics")
@Tag(name = "Analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@RunOnVirtualThread
public class NamespaceResource {
    private final NamespaceQuery query;
    private final SecurityIdentity identity;

    NamespaceResource(NamespaceQuery query, SecurityIdentity identity) {
        this.query = query;
        this.identity = identity;
    }

    @GET
    @Operation(operationId = "get_namespace_analytics", summary = "Get namespace analytics")
    public NamespaceAnalytics namespace(
            @PathParam("org_id") String organization,
            @PathParam("workspace_id") String workspace,
            @PathParam("namespace_id") String namespace) {
        Caller caller = Caller.of(identity);
        Directory.requirePlausible(caller, organization, workspace);
        Directory.requirePlausible("namespace", namespace);
        return query.fetch(caller, workspace, namespace);
    }
}
