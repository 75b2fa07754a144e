package dev.quarry.metrics.wau;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.metrics.ActiveUsers;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.time.WholeDays;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

@Path("/v1/metrics/wau")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class WauResource {
    private static final int DAYS = 7;

    private final ActiveUsers users;
    private final SecurityIdentity identity;
    private final Clock clock;
    private final DataSince since;

    public WauResource(ActiveUsers users, SecurityIdentity identity, Clock clock, DataSince since) {
        this.users = users;
        this.identity = identity;
        this.clock = clock;
        this.since = since;
    }

    @GET
    @Operation(operationId = "getWau", summary = "Distinct users active in the seven days that end with each day")
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "limit")
    @Parameter(ref = "tz")
    public TimeSeries wau(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        PeriodParameters asked = PeriodParameters.of(uri, clock);
        WholeDays known = since.events(asked.zone()).plus(DAYS - 1);
        since.tell(known);
        return TimeSeries.of("wau", caller, asked, known, users.fetch(caller, asked, DAYS));
    }
}
