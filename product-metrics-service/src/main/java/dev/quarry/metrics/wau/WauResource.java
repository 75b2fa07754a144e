package dev.quarry.metrics.wau;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.ActiveUsers;
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
import org.eclipse.microprofile.openapi.annotations.Operation;

@Path("/v1/metrics/wau")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class WauResource {
    private static final int DAYS = 7;

    private final ActiveUsers users;
    private final SecurityIdentity identity;
    private final Parameters<PeriodParameters> parameters;
    private final DataSince since;

    public WauResource(
            ActiveUsers users, SecurityIdentity identity, Parameters<PeriodParameters> parameters, DataSince since) {
        this.users = users;
        this.identity = identity;
        this.parameters = parameters;
        this.since = since;
    }

    @GET
    @Operation(operationId = "getWau", summary = "Distinct users active in the seven days that end with each day")
    @Example("""
            {"metric": "wau", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 4102}, {"period": "2026-02-21", "value": 4184}]}
            """)
    public TimeSeries wau() {
        Caller caller = Caller.of(identity);
        Period period = parameters.read().period();
        WholeDays known = since.events(period.zone()).plus(DAYS - 1);
        since.tell(known);
        return TimeSeries.of("wau", caller, period, known, users.fetch(caller, period, DAYS));
    }
}
