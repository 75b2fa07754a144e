package dev.quarry.integrations.dashboard;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.groups.Groups;
import dev.quarry.http.Parameters;
import dev.quarry.integrations.Invocations;
import dev.quarry.integrations.Slice;
import dev.quarry.integrations.Tallies;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/analytics/integrations/dashboard")
@PermissionsAllowed(Permissions.INTEGRATIONS_READ)
@RunOnVirtualThread
@WithDataAsOf
@WithDataSince
@Tag(ref = "analytics")
public class DashboardResource {
    private final Invocations invocations;
    private final SecurityIdentity identity;

    public DashboardResource(Invocations invocations, SecurityIdentity identity) {
        this.invocations = invocations;
        this.identity = identity;
    }

    @GET
    @Operation(operationId = "getIntegrationDashboard", summary = "Every panel in one envelope")
    @Parameter(
            name = "granularity",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            pattern = "^(minute|hour|day|week)$",
                            defaultValue = "hour",
                            title = "Granularity"))
    @Parameter(
            name = "integration_key",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.STRING, nullable = true, title = "Integration Key"))
    @Parameter(
            name = "mode",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.STRING, nullable = true, title = "Mode"))
    @Parameter(
            name = "slug",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.STRING, nullable = true, title = "Slug"))
    @Parameter(
            name = "start_date",
            in = ParameterIn.QUERY,
            required = true,
            schema = @Schema(type = SchemaType.STRING, format = "date", title = "Start Date"))
    @Parameter(
            name = "end_date",
            in = ParameterIn.QUERY,
            required = true,
            schema = @Schema(type = SchemaType.STRING, format = "date", title = "End Date"))
    @Parameter(
            name = "tz",
            in = ParameterIn.QUERY,
            description = "IANA time zone in which days and buckets begin",
            schema = @Schema(type = SchemaType.STRING, defaultValue = "UTC"))
    @Parameter(name = "limit", in = ParameterIn.QUERY, ref = "limit")
    @APIResponse(
            responseCode = "200",
            description = "All panels, of one moment",
            headers =
                    @Header(
                            name = Groups.OMITTED,
                            description = Groups.OMITTED_DESCRIPTION,
                            schema = @Schema(type = SchemaType.INTEGER, minimum = "1")),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = DashboardEnvelope.class)))
    @APIResponse(responseCode = "400", ref = "BadRequest")
    @APIResponse(responseCode = "401", ref = "Unauthenticated")
    @APIResponse(responseCode = "422", ref = "Invalid")
    public RestResponse<DashboardEnvelope> dashboard(@Context UriInfo uri) {
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        Slice.Asked asked = new Slice.Asked(parameters);
        var limit = Groups.limit(parameters);
        parameters.check();
        Tallies tallies =
                invocations.tallies(Caller.of(identity), asked.slice(), DashboardEnvelope.CUTS, limit.value());
        return Groups.answer(DashboardEnvelope.of(tallies), tallies.omitted(DashboardEnvelope.CUTS));
    }
}
