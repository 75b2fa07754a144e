package dev.quarry.organizations.sources;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.groups.Groups;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.LimitedGroupsParameters;
import dev.quarry.parameters.Parameters;
import dev.quarry.tabular.Csv;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/sources")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@RunOnVirtualThread
public class SourcesResource {
    private final SourcesQuery query;
    private final SecurityIdentity identity;
    private final Parameters<LimitedGroupsParameters> parameters;

    SourcesResource(SourcesQuery query, SecurityIdentity identity, Parameters<LimitedGroupsParameters> parameters) {
        this.query = query;
        this.identity = identity;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "get_source_analytics", summary = "Get source analytics")
    @Example("""
            {"total_sources": 8, "indexed_sources": 4, "failed_sources": 2, "pending_sources": 2, "total_chunks": 360,
             "total_tokens": 43200, "total_bytes": 1800000, "workspace_sources": 2, "namespace_sources": 6,
             "sources_by_type": {"file": 4, "url": 4}, "sources_by_status": {"failed": 2, "indexed": 4, "pending": 2}}
            """)
    public RestResponse<SourceAnalytics> sources() {
        Caller caller = Caller.of(identity);
        LimitedGroupsParameters asked = parameters.read();
        Directory.requirePlausible(caller, asked.path());
        var counted =
                query.fetch(caller, asked.path().workspace(), asked.limit().groups());
        return Groups.answer(counted.analytics(), counted.omitted());
    }
}
