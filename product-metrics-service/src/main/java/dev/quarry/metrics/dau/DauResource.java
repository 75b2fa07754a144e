package dev.quarry.metrics.dau;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.metrics.DailyActivity;
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
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

@Path("/v1/metrics/dau")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class DauResource {
    private final DailyActivity activity;
    private final SecurityIdentity identity;
    private final Clock clock;
    private final DataSince since;

    public DauResource(DailyActivity activity, SecurityIdentity identity, Clock clock, DataSince since) {
        this.activity = activity;
        this.identity = identity;
        this.clock = clock;
        this.since = since;
    }

    @GET
    @Operation(operationId = "getDau", summary = "Distinct users active on each day")
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "limit")
    @Parameter(ref = "tz")
    public TimeSeries dau(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        PeriodParameters asked = PeriodParameters.of(uri, clock);
        WholeDays known = since.events(asked.zone());
        since.tell(known);
        List<TimeSeries.Point> users = activity.fetch(caller, asked).stream()
                .map(day -> new TimeSeries.Point(day.day(), day.users()))
                .toList();
        return TimeSeries.of("dau", caller, asked, known, users);
    }
}
