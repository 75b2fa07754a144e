package dev.quarry.organizations.executions.hourly;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.executions.ExecutionSeries;
import dev.quarry.organizations.executions.Period;
import dev.quarry.organizations.executions.PeriodParameters;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions/hourly")
@Tag(name = "Analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class HourlyResource {
    private final HourlyQuery query;
    private final Directory directory;
    private final SecurityIdentity identity;
    private final Clock clock;

    HourlyResource(HourlyQuery query, Directory directory, SecurityIdentity identity, Clock clock) {
        this.query = query;
        this.directory = directory;
        this.identity = identity;
        this.clock = clock;
    }

    @GET
    @Operation(operationId = "get_hourly_execution_data", summary = "Get hourly execution data")
    @Parameter(
            name = "hours",
            in = ParameterIn.QUERY,
            description = "Number of hours (max 168 = 1 week)",
            schema =
                    @Schema(
                            title = "Hours",
                            type = SchemaType.INTEGER,
                            defaultValue = "24",
                            minimum = "1",
                            maximum = "168"))
    @Parameter(
            name = "tz",
            in = ParameterIn.QUERY,
            description = "Extension: the IANA time zone in which hours begin",
            schema = @Schema(type = SchemaType.STRING, defaultValue = "UTC"))
    @Parameter(
            name = "include",
            in = ParameterIn.QUERY,
            description = "Extension: previous adds as many hours from before",
            schema = @Schema(type = SchemaType.STRING, enumeration = "previous"))
    public ExecutionSeries hourly(
            @PathParam("org_id") String organization,
            @PathParam("workspace_id") String workspace,
            @Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Period period = PeriodParameters.hours(uri, clock);
        directory.requireWorkspace(caller, organization, workspace);
        return query.fetch(caller, workspace, period);
    }
}
