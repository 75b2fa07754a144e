package dev.quarry.integrations.summary;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.integrations.PanelAnswers;
import dev.quarry.integrations.SummaryParameters;
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

@Path("/v1/analytics/integrations/summary")
@PermissionsAllowed(Permissions.INTEGRATIONS_READ)
@RunOnVirtualThread
@WithDataAsOf
@WithDataSince
public class SummaryResource {
    private final PanelAnswers answers;
    private final Parameters<SummaryParameters> parameters;

    public SummaryResource(PanelAnswers answers, Parameters<SummaryParameters> parameters) {
        this.answers = answers;
        this.parameters = parameters;
    }

    @GET
    @Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
    @Operation(operationId = "getIntegrationSummary", summary = "This window against an earlier one")
    @APIResponse(
            responseCode = "200",
            description = "One row; none if neither window has an invocation",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = SummaryRow.class)))
    @Example("""
            [{"current_invocations": 5385, "previous_invocations": 3335, "pct_change_invocations": 61.47,
              "current_failures": 391, "previous_failures": 0, "pct_change_failures": null,
              "current_success_rate_pct": 92.74, "previous_success_rate_pct": 100.0,
              "pct_change_success_rate_pct": -7.26, "current_avg_latency_ms": 300.5,
              "previous_avg_latency_ms": 240.4, "pct_change_avg_latency_ms": 25.0,
              "current_p95_latency_ms": 802.0, "previous_p95_latency_ms": 802.0,
              "pct_change_p95_latency_ms": 0.0}]
            """)
    public Response summary() {
        return answers.comparison(SummaryRow.PANEL, parameters.read());
    }
}
