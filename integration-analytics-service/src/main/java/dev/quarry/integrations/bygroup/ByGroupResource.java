package dev.quarry.integrations.bygroup;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.integrations.GroupParameters;
import dev.quarry.integrations.PanelAnswers;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.tabular.Csv;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

@Path("/v1/analytics/integrations")
@PermissionsAllowed(Permissions.INTEGRATIONS_READ)
@RunOnVirtualThread
@WithDataAsOf
@WithDataSince
public class ByGroupResource {
    private final PanelAnswers answers;
    private final Parameters<GroupParameters> parameters;

    public ByGroupResource(PanelAnswers answers, Parameters<GroupParameters> parameters) {
        this.answers = answers;
        this.parameters = parameters;
    }

    @GET
    @Path("/by-integration")
    @Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
    @Operation(operationId = "getIntegrationInvocationsByIntegration", summary = "Invocations of each integration")
    @APIResponse(
            responseCode = "200",
            description = "A row for each integration, the busiest first",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = ByIntegrationRow.class)))
    @Example("""
            [{"integration_key": "access-website-public-webpage", "invocations": 548, "successful": 473, "vendor_errors": 70,
              "exceptions": 5, "success_rate_pct": 86.31, "p95_latency_ms": 1288.0}]
            """)
    public Response byIntegration() {
        return answers.groups(ByIntegrationRow.PANEL, parameters.read());
    }

    @GET
    @Path("/by-mode")
    @Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
    @Operation(operationId = "getIntegrationInvocationsByMode", summary = "Invocations of each mode")
    @APIResponse(
            responseCode = "200",
            description = "A row for each mode, the busiest first",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = ByModeRow.class)))
    @Example("""
            [{"mode": "vendor_api", "invocations": 5385, "successful": 4994, "vendor_errors": 385, "exceptions": 6,
              "success_rate_pct": 92.74, "p95_latency_ms": 802.0}]
            """)
    public Response byMode() {
        return answers.groups(ByModeRow.PANEL, parameters.read());
    }
}
