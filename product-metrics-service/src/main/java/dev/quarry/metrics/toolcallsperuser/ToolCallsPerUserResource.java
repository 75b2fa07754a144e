package dev.quarry.metrics.toolcallsperuser;

import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.DailyActivity;
import dev.quarry.metrics.DailySeries;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.numbers.Quotient;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;

@Path("/v1/metrics/tool-calls-per-user")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class ToolCallsPerUserResource {
    private final DailySeries series;
    private final DailyActivity activity;
    private final Parameters<PeriodParameters> parameters;

    public ToolCallsPerUserResource(
            DailySeries series, DailyActivity activity, Parameters<PeriodParameters> parameters) {
        this.series = series;
        this.activity = activity;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "getToolCallsPerUser", summary = "Tool calls for each active user of a day")
    @Example("""
            {"metric": "tool-calls-per-user", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 4.21}, {"period": "2026-02-21", "value": 4.29}]}
            """)
    public TimeSeries toolCallsPerUser() {
        return series.answer(
                "tool-calls-per-user",
                parameters.read().period(),
                0,
                activity::fetch,
                day -> new TimeSeries.Point(day.day(), Quotient.of(day.toolCalls(), day.users())));
    }
}
