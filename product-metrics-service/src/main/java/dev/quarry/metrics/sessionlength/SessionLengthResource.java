package dev.quarry.metrics.sessionlength;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.metrics.DailySessions;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.Quotient;
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

@Path("/v1/metrics/session-length")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class SessionLengthResource {
    private static final long MILLISECONDS = 1_000;

    private final DailySessions sessions;
    private final SecurityIdentity identity;
    private final Clock clock;
    private final DataSince since;

    public SessionLengthResource(DailySessions sessions, SecurityIdentity identity, Clock clock, DataSince since) {
        this.sessions = sessions;
        this.identity = identity;
        this.clock = clock;
        this.since = since;
    }

    @GET
    @Operation(
            operationId = "getSessionLength",
            summary = "Average seconds from first to last event of the sessions that started on each day")
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "limit")
    @Parameter(ref = "tz")
    public TimeSeries sessionLength(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        PeriodParameters asked = PeriodParameters.of(uri, clock);
        WholeDays known = since.events(asked.zone()).plus(DailySessions.LONGEST_DAYS);
        since.tell(known);
        List<TimeSeries.Point> averages = sessions.fetch(caller, asked).stream()
                .map(day ->
                        new TimeSeries.Point(day.day(), Quotient.of(day.milliseconds(), day.sessions() * MILLISECONDS)))
                .toList();
        return TimeSeries.of("session-length", caller, asked, known, averages);
    }
}
