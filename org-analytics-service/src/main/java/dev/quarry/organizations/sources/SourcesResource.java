package dev.quarry.organizations.sources;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.groups.Groups;
import dev.quarry.http.Parameters;
import dev.quarry.organizations.Directory;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
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

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/sources")
@Tag(name = "Analytics")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@RunOnVirtualThread
public class SourcesResource {
    private final SourcesQuery query;
    private final SecurityIdentity identity;

    SourcesResource(SourcesQuery query, SecurityIdentity identity) {
        this.query = query;
        this.identity = identity;
    }

    @GET
    @Operation(operationId = "get_source_analytics", summary = "Get source analytics")
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description =
                    "Extension: maximum number of types and of statuses, the largest first. Totals count all sources",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000", defaultValue = "1000"))
    @APIResponse(
            responseCode = "200",
            description = "OK",
            headers =
                    @Header(
                            name = Groups.OMITTED,
                            description = Groups.OMITTED_DESCRIPTION,
                            schema = @Schema(type = SchemaType.INTEGER, minimum = "1")),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SourceAnalytics.class)))
    public RestResponse<SourceAnalytics> sources(
            @PathParam("org_id") String organization,
            @PathParam("workspace_id") String workspace,
            @Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        var limit = Groups.limit(parameters);
        parameters.check();
        Directory.requirePlausible(caller, organization, workspace);
        var counted = query.fetch(caller, workspace, limit.value());
        return Groups.answer(counted.analytics(), counted.omitted());
    }
}
