package dev.quarry.organizations.rollup;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.http.Parameters;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.executions.ExecutionsQuery;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1/orgs/{org_id}/analytics")
@Tag(name = "Analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class RollupResource {
    private final RollupQuery query;
    private final ExecutionsQuery executions;
    private final SecurityIdentity identity;
    private final Clock clock;

    RollupResource(RollupQuery query, ExecutionsQuery executions, SecurityIdentity identity, Clock clock) {
        this.query = query;
        this.executions = executions;
        this.identity = identity;
        this.clock = clock;
    }

    @GET
    @Operation(operationId = "get_org_analytics_rollup", summary = "Get org analytics rollup")
    @Parameter(
            name = "workspace_id",
            in = ParameterIn.QUERY,
            description = "Only this workspace; all of the organisation's unless given",
            schema = @Schema(type = SchemaType.STRING, nullable = true))
    public Rollup rollup(@PathParam("org_id") String organization, @Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        var asked = parameters.query("workspace_id").text().optional();
        parameters.check();
        Directory.requireOwn(caller, organization);
        Optional<String> workspace = asked.value();
        workspace.ifPresent(id -> Directory.requirePlausible("workspace", id));
        var counted = query.fetch(caller, workspace);
        if (workspace.isPresent() && counted.workspaces().isEmpty()) {
            throw Directory.notFound("workspace", workspace.get());
        }
        var executed = workspace.isPresent()
                ? executions.fetch(caller, workspace.get())
                : executions.fetch(caller, counted.workspaces());
        return new Rollup(
                organization,
                workspace.orElse(null),
                counted.workspaces().size(),
                counted.resources(),
                executed.executions(),
                executed.updatedAt(counted.updatedAt(), clock.instant()));
    }
}
