package dev.quarry.integrations.latency;

import dev.quarry.caller.Permissions;
import dev.quarry.integrations.PanelAnswers;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1/analytics/integrations/latency")
@PermissionsAllowed(Permissions.INTEGRATIONS_READ)
@RunOnVirtualThread
@WithDataAsOf
@WithDataSince
@Tag(ref = "analytics")
public class LatencyResource {
    private final PanelAnswers answers;

    public LatencyResource(PanelAnswers answers) {
        this.answers = answers;
    }

    @GET
    @Produces({MediaType.APPLICATION_JSON, PanelAnswers.CSV})
    @Operation(operationId = "getIntegrationLatency", summary = "Exact latency percentiles over time")
    @Parameter(name = "granularity", in = ParameterIn.QUERY, ref = "granularity")
    @Parameter(name = "integration_key", in = ParameterIn.QUERY, ref = "integration_key")
    @Parameter(name = "mode", in = ParameterIn.QUERY, ref = "mode")
    @Parameter(name = "slug", in = ParameterIn.QUERY, ref = "slug")
    @Parameter(name = "start_date", in = ParameterIn.QUERY, ref = "start_date")
    @Parameter(name = "end_date", in = ParameterIn.QUERY, ref = "end_date")
    @Parameter(name = "tz", in = ParameterIn.QUERY, ref = "tz")
    @Parameter(name = "compare", in = ParameterIn.QUERY, ref = "compare")
    @APIResponse(
            responseCode = "200",
            description = "The panel's rows",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(type = SchemaType.ARRAY, implementation = LatencyRow.class)),
                @Content(mediaType = PanelAnswers.CSV, schema = @Schema(type = SchemaType.STRING))
            })
    @APIResponse(responseCode = "400", ref = "BadRequest")
    @APIResponse(responseCode = "401", ref = "Unauthenticated")
    @APIResponse(responseCode = "422", ref = "Invalid")
    public Response panel(@Context UriInfo uri, @Context Request request) {
        return answers.comparable(LatencyRow.PANEL, uri, request);
    }
}
