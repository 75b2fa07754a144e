package dev.quarry.organizations.summary;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.executions.ExecutionsQuery;
import dev.quarry.organizations.resources.ResourcesQuery;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Combines the answers of the endpoints for resources and executions, by the same queries. */
@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics")
@Tag(name = "Analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class SummaryResource {
    private final ResourcesQuery resources;
    private final ExecutionsQuery executions;
    private final SecurityIdentity identity;
    private final Clock clock;

    SummaryResource(ResourcesQuery resources, ExecutionsQuery executions, SecurityIdentity identity, Clock clock) {
        this.resources = resources;
        this.executions = executions;
        this.identity = identity;
        this.clock = clock;
    }

    @GET
    @Operation(operationId = "get_workspace_analytics_summary", summary = "Get workspace analytics summary")
    public WorkspaceSummary summary(
            @PathParam("org_id") String organization, @PathParam("workspace_id") String workspace) {
        Caller caller = Caller.of(identity);
        Directory.requirePlausible(caller, organization, workspace);
        var counted = resources.fetch(caller, workspace);
        var executed = executions.fetch(caller, workspace);
        return new WorkspaceSummary(
                workspace,
                counted.resources(),
                executed.executions(),
                executed.updatedAt(counted.updatedAt(), clock.instant()));
    }
}
