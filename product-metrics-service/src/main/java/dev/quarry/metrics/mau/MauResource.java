package dev.quarry.metrics.mau;

import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.ActiveUsers;
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
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;

@Path("/v1/metrics/mau")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class MauResource {
    private static final int DAYS = 30;

    private final DailySeries series;
    private final ActiveUsers users;
    private final Parameters<PeriodParameters> parameters;

    public MauResource(DailySeries series, ActiveUsers users, Parameters<PeriodParameters> parameters) {
        this.series = series;
        this.users = users;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "getMau", summary = "Distinct users active in the thirty days that end with each day")
    @Example("""
            {"metric": "mau", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 9850}, {"period": "2026-02-21", "value": 10047}]}
            """)
    public TimeSeries mau() {
        return series.answer(
                "mau",
                parameters.read().period(),
                DAYS - 1,
                (caller, period) -> users.fetch(caller, period, DAYS),
                Function.identity());
    }
}
