package dev.quarry.organizations.organization;

import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.executions.ExecutionsQuery;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/orgs/{org_id}/analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class OrganizationSummaryResource {
    private final OrganizationSummaryQuery query;
    private final ExecutionsQuery executions;
    private final SecurityIdentity identity;
    private final AnswerCache cache;
    private final Parameters<OrganizationSummaryParameters> parameters;
    private final Clock clock;

    OrganizationSummaryResource(
            OrganizationSummaryQuery query,
            ExecutionsQuery executions,
            SecurityIdentity identity,
            AnswerCache cache,
            Parameters<OrganizationSummaryParameters> parameters,
            Clock clock) {
        this.query = query;
        this.executions = executions;
        this.identity = identity;
        this.cache = cache;
        this.parameters = parameters;
        this.clock = clock;
    }

    @GET
    @Operation(operationId = "get_org_analytics_rollup", summary = "Get org analytics rollup")
    @Example("""
            {"org_id": "acme", "workspace_id": null, "workspaces": 2,
             "resources": {"sources": 9, "augmentations": 2, "endpoints": 1, "namespaces": 3, "apps": 2, "threads": 3,
                           "actions": 3, "secrets": 2, "models": 1},
             "executions": {"total": 3, "success": 2, "failed": 1, "success_rate": 66.67},
             "updated_at": "2026-11-21T11:46:47.062294Z"}
            """)
    public RestResponse<OrganizationSummary> summary() {
        Caller caller = Caller.of(identity);
        OrganizationSummaryParameters asked = parameters.read();
        Directory.requireOwn(caller, asked.path());
        Optional<String> workspace = asked.workspace();
        workspace.ifPresent(id -> Directory.requirePlausible("workspace", id));
        var pending = query.begin(caller, workspace);
        var byWorkspace = pending.during(() -> workspace
                .map(id -> Optional.of(Map.of(id, executions.fetch(caller, id))))
                .orElseGet(() -> executions.fetchByWorkspace(caller)));
        var counted = pending.await();
        var executed = byWorkspace
                .map(all -> ExecutionsQuery.Counted.sum(all, counted.workspaces()))
                .orElseGet(() -> executions.fetch(caller, counted.workspaces()));
        return cache.uncached(RestResponse.ok(new OrganizationSummary(
                asked.path().organization(),
                workspace.orElse(null),
                counted.workspaces().size(),
                counted.resources(),
                executed.executions(),
                executed.updatedAt(counted.updatedAt(), clock.instant()))));
    }
}
