package dev.quarry.integrations.errorbreakdown;

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

@Path("/v1/analytics/integrations/error-breakdown")
@PermissionsAllowed(Permissions.INTEGRATIONS_READ)
@RunOnVirtualThread
@WithDataAsOf
@WithDataSince
public class ErrorBreakdownResource {
    private final PanelAnswers answers;
    private final Parameters<GroupParameters> parameters;

    public ErrorBreakdownResource(PanelAnswers answers, Parameters<GroupParameters> parameters) {
        this.answers = answers;
        this.parameters = parameters;
    }

    @GET
    @Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
    @Operation(operationId = "getIntegrationErrorBreakdown", summary = "Failures of each error category")
    @APIResponse(
            responseCode = "200",
            description = "A row for each category of failures, the most frequent first",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = ErrorBreakdownRow.class)))
    @Example("""
            [{"error_category": "200", "count": 255, "share_pct": 65.22}]
            """)
    public Response errorBreakdown() {
        return answers.groups(ErrorBreakdownRow.PANEL, parameters.read());
    }
}
