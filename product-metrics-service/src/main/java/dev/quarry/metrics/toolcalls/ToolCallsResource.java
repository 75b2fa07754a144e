package dev.quarry.metrics.toolcalls;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.ActivitySlices;
import dev.quarry.metrics.ActivitySlices.Activity;
import dev.quarry.metrics.DailyActivity;
import dev.quarry.metrics.DailySeries;
import dev.quarry.metrics.SeriesParameters;
import dev.quarry.metrics.TimeSeries;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/metrics/tool-calls")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class ToolCallsResource {
    private final DailyActivity activity;
    private final ActivitySlices slices;
    private final DailySeries series;
    private final Parameters<SeriesParameters> parameters;

    ToolCallsResource(
            DailyActivity activity,
            ActivitySlices slices,
            DailySeries series,
            Parameters<SeriesParameters> parameters) {
        this.activity = activity;
        this.slices = slices;
        this.series = series;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "getToolCalls", summary = "Tool calls of each day")
    @Example("""
            {"metric": "tool-calls", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 5120}, {"period": "2026-02-21", "value": 5222}]}
            """)
    public RestResponse<TimeSeries> toolCalls() {
        return series.answer(
                "tool-calls",
                0,
                parameters.read(),
                (caller, period) -> activity.fetch(caller, period).stream()
                        .map(day -> new TimeSeries.Point(day.day(), day.toolCalls()))
                        .toList(),
                (caller, period, slice) ->
                        slices.fetch(caller, period, slice, Activity.TOOL_CALLS, (_, calls) -> calls));
    }
}
