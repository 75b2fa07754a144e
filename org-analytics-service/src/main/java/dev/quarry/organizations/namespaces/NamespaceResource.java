package dev.quarry.organizations.namespaces;

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

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/namespaces/{namespace_id}/analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@RunOnVirtualThread
public class NamespaceResource {
    private final OwnedResourcesQuery query;
    private final SecurityIdentity identity;
    private final Parameters<NamespacePath> parameters;

    NamespaceResource(OwnedResourcesQuery query, SecurityIdentity identity, Parameters<NamespacePath> parameters) {
        this.query = query;
        this.identity = identity;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "get_namespace_analytics", summary = "Get namespace analytics")
    @Example("""
            {"namespace_id": "papers", "threads": 3, "sources": 6}
            """)
    public NamespaceAnalytics namespace() {
        NamespacePath path = parameters.read();
        OwnedResources owned = query.fetch(Caller.of(identity), path.workspace(), Owner.NAMESPACE, path.namespace());
        return NamespaceAnalytics.of(path.namespace(), owned);
    }
}
