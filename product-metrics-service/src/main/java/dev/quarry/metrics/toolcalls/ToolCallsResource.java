package dev.quarry.metrics.toolcalls;

import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.DailyActivity;
import dev.quarry.metrics.DailySeries;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;

@Path("/v1/metrics/tool-calls")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class ToolCallsResource {
    private final DailySeries series;
    private final DailyActivity activity;
    private final Parameters<PeriodParameters> parameters;

    public ToolCallsResource(DailySeries series, DailyActivity activity, Parameters<PeriodParameters> parameters) {
        this.series = series;
        this.activity = activity;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "getToolCalls", summary = "Tool calls of each day")
    @Example("""
            {"metric": "tool-calls", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 5120}, {"period": "2026-02-21", "value": 5222}]}
            """)
    public TimeSeries toolCalls() {
        return series.answer(
                "tool-calls",
                parameters.read().period(),
                0,
                activity::fetch,
                day -> new TimeSeries.Point(day.day(), day.toolCalls()));
    }
}
