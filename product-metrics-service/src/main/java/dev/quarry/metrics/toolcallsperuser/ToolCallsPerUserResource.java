package dev.quarry.metrics.toolcallsperuser;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.ActivitySlices;
import dev.quarry.metrics.ActivitySlices.Activity;
import dev.quarry.metrics.DailyActivity;
import dev.quarry.metrics.DailySeries;
import dev.quarry.metrics.SeriesParameters;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.numbers.Quotient;
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

@Path("/v1/metrics/tool-calls-per-user")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class ToolCallsPerUserResource {
    private final DailyActivity activity;
    private final ActivitySlices slices;
    private final DailySeries series;
    private final Parameters<SeriesParameters> parameters;

    ToolCallsPerUserResource(
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
    @Operation(operationId = "getToolCallsPerUser", summary = "Tool calls for each active user of a day")
    @Example("""
            {"metric": "tool-calls-per-user", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 4.21}, {"period": "2026-02-21", "value": 4.29}]}
            """)
    public RestResponse<TimeSeries> toolCallsPerUser() {
        return series.answer(
                "tool-calls-per-user",
                0,
                parameters.read(),
                (caller, period) -> activity.fetch(caller, period).stream()
                        .map(day -> new TimeSeries.Point(day.day(), Quotient.of(day.toolCalls(), day.users())))
                        .toList(),
                (caller, period, slice) ->
                        slices.fetch(caller, period, slice, Activity.DAY, (users, calls) -> Quotient.of(calls, users)));
    }
}
