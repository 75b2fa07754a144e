package dev.quarry.integrations.latency;

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

@Path("/v1/analytics/integrations/latency")
@PermissionsAllowed(Permissions.INTEGRATIONS_READ)
@RunOnVirtualThread
@WithDataAsOf
@WithDataSince
public class LatencyResource {
    private final PanelAnswers answers;
    private final Parameters<SeriesParameters> parameters;

    public LatencyResource(PanelAnswers answers, Parameters<SeriesParameters> parameters) {
        this.answers = answers;
        this.parameters = parameters;
    }

    @GET
    @Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
    @Operation(operationId = "getIntegrationLatency", summary = "Exact latency percentiles over time")
    @APIResponse(
            responseCode = "200",
            description = "A row for every bucket of the window, oldest first",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.ARRAY, implementation = LatencyRow.class)))
    @Example("""
            [{"time_bucket": "2026-06-30T00:00:00Z", "invocations": 200, "p50_ms": 160.0, "p90_ms": 725.0, "p95_ms": 907.0,
              "p99_ms": 1339.0, "avg_ms": 304.31, "max_ms": 7036.0}]
            """)
    public Response latency() {
        return answers.series(LatencyRow.PANEL, parameters.read());
    }
}
