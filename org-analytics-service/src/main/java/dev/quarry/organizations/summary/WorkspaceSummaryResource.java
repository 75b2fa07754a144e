package dev.quarry.organizations.summary;

import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.WorkspacePath;
import dev.quarry.organizations.executions.ExecutionsQuery;
import dev.quarry.organizations.resources.ResourcesQuery;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

/** Puts together what the endpoints for resources and executions answer, by the same queries. */
@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class WorkspaceSummaryResource {
    private final ResourcesQuery resources;
    private final ExecutionsQuery executions;
    private final SecurityIdentity identity;
    private final AnswerCache cache;
    private final Parameters<WorkspacePath> parameters;
    private final Clock clock;

    WorkspaceSummaryResource(
            ResourcesQuery resources,
            ExecutionsQuery executions,
            SecurityIdentity identity,
            AnswerCache cache,
            Parameters<WorkspacePath> parameters,
            Clock clock) {
        this.resources = resources;
        this.executions = executions;
        this.identity = identity;
        this.cache = cache;
        this.parameters = parameters;
        this.clock = clock;
    }

    @GET
    @Operation(operationId = "get_workspace_analytics_summary", summary = "Get workspace analytics summary")
    @Example("""
            {"workspace_id": "research",
             "resources": {"sources": 8, "augmentations": 2, "endpoints": 1, "namespaces": 2, "apps": 1, "threads": 3,
                           "actions": 3, "secrets": 2, "models": 1},
             "executions": {"total": 3, "success": 2, "failed": 1, "success_rate": 66.67},
             "updated_at": "2026-11-21T11:46:47.062294Z"}
            """)
    public RestResponse<WorkspaceSummary> summary() {
        Caller caller = Caller.of(identity);
        WorkspacePath path = parameters.read();
        Directory.requirePlausible(caller, path);
        var pending = resources.begin(caller, path.workspace());
        var executed = pending.during(() -> executions.fetch(caller, path.workspace()));
        var counted = pending.await();
        return cache.uncached(RestResponse.ok(new WorkspaceSummary(
                path.workspace(),
                counted.resources(),
                executed.executions(),
                executed.updatedAt(counted.updatedAt(), clock.instant()))));
    }
}
