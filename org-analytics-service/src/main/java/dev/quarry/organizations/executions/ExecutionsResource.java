package dev.quarry.organizations.executions;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.organizations.Directory;
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
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions")
@Tag(name = "Analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class ExecutionsResource {
    private final ExecutionsQuery query;
    private final Directory directory;
    private final SecurityIdentity identity;
    private final Clock clock;

    ExecutionsResource(ExecutionsQuery query, Directory directory, SecurityIdentity identity, Clock clock) {
        this.query = query;
        this.directory = directory;
        this.identity = identity;
        this.clock = clock;
    }

    @GET
    @Operation(
            operationId = "get_execution_metrics",
            summary = "Get execution metrics",
            description = "All executions that are kept, or with hours or days those of the last so many.")
    @Parameter(
            name = "hours",
            in = ParameterIn.QUERY,
            description = "Extension: count the last so many hours only, the current one included",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "168"))
    @Parameter(
            name = "days",
            in = ParameterIn.QUERY,
            description = "Extension: count the last so many days only, today included; not together with hours",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "90"))
    @Parameter(
            name = "tz",
            in = ParameterIn.QUERY,
            description = "Extension: the IANA time zone in which hours and days begin",
            schema = @Schema(type = SchemaType.STRING, defaultValue = "UTC"))
    @Parameter(
            name = "include",
            in = ParameterIn.QUERY,
            description = "Extension: previous adds as many hours or days from before",
            schema = @Schema(type = SchemaType.STRING, enumeration = "previous"))
    public ComparedExecutions executions(
            @PathParam("org_id") String organization,
            @PathParam("workspace_id") String workspace,
            @Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Optional<Period> asked = PeriodParameters.hoursOrDays(uri, clock);
        directory.requireWorkspace(caller, organization, workspace);
        if (asked.isEmpty()) {
            return ComparedExecutions.of(query.fetch(caller, workspace).executions(), null);
        }
        Period period = asked.get();
        Executions executions = query.fetch(caller, workspace, period.window());
        Executions previous = period.previous()
                .map(window -> query.fetchWhole(caller, workspace, window))
                .orElse(null);
        return ComparedExecutions.of(executions, previous);
    }
}
