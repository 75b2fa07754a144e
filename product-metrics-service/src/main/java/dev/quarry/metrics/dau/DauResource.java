package dev.quarry.metrics.dau;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.DailyActivity;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.time.WholeDays;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;

@Path("/v1/metrics/dau")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class DauResource {
    private final DailyActivity activity;
    private final SecurityIdentity identity;
    private final Parameters<PeriodParameters> parameters;
    private final DataSince since;

    public DauResource(
            DailyActivity activity,
            SecurityIdentity identity,
            Parameters<PeriodParameters> parameters,
            DataSince since) {
        this.activity = activity;
        this.identity = identity;
        this.parameters = parameters;
        this.since = since;
    }

    @GET
    @Operation(operationId = "getDau", summary = "Distinct users active on each day")
    @Example("""
            {"metric": "dau", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 1217}, {"period": "2026-02-21", "value": 1241}]}
            """)
    public TimeSeries dau() {
        Caller caller = Caller.of(identity);
        Period period = parameters.read().period();
        WholeDays known = since.events(period.zone());
        since.tell(known);
        List<TimeSeries.Point> users = activity.fetch(caller, period).stream()
                .map(day -> new TimeSeries.Point(day.day(), day.users()))
                .toList();
        return TimeSeries.of("dau", caller, period, known, users);
    }
}
