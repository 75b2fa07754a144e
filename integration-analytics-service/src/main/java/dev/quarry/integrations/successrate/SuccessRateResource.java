package dev.quarry.integrations.successrate;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.integrations.PanelAnswers;
import dev.quarry.integrations.SeriesParameters;
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

@Path("/v1/analytics/integrations/success-rate")
@PermissionsAllowed(Permissions.INTEGRATIONS_READ)
@RunOnVirtualThread
@WithDataAsOf
@WithDataSince
public class SuccessRateResource {
    private final PanelAnswers answers;
    private final Parameters<SeriesParameters> parameters;

    public SuccessRateResource(PanelAnswers answers, Parameters<SeriesParameters> parameters) {
        this.answers = answers;
        this.parameters = parameters;
    }

    @GET
    @Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
    @Operation(operationId = "getIntegrationSuccessRate", summary = "Success rate over time")
    @APIResponse(
            responseCode = "200",
            description = "A row for every bucket of the window, oldest first",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = SuccessRateRow.class)))
    @Example("""
            [{"time_bucket": "2026-06-03T00:00:00Z", "invocations": 174, "successful": 154, "success_rate_pct": 88.51}]
            """)
    public Response successRate() {
        return answers.series(SuccessRateRow.PANEL, parameters.read());
    }
}
