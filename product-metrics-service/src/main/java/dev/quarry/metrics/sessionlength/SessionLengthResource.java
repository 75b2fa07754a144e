package dev.quarry.metrics.sessionlength;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.DailySessions;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.numbers.Quotient;
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

@Path("/v1/metrics/session-length")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class SessionLengthResource {
    private static final long MILLISECONDS = 1_000;

    private final DailySessions sessions;
    private final SecurityIdentity identity;
    private final Parameters<PeriodParameters> parameters;
    private final DataSince since;

    public SessionLengthResource(
            DailySessions sessions,
            SecurityIdentity identity,
            Parameters<PeriodParameters> parameters,
            DataSince since) {
        this.sessions = sessions;
        this.identity = identity;
        this.parameters = parameters;
        this.since = since;
    }

    @GET
    @Operation(
            operationId = "getSessionLength",
            summary = "Average seconds from first to last event of the sessions that started on each day")
    @Example("""
            {"metric": "session-length", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 184.25}, {"period": "2026-02-21", "value": 187.94}]}
            """)
    public TimeSeries sessionLength() {
        Caller caller = Caller.of(identity);
        Period period = parameters.read().period();
        WholeDays known = since.events(period.zone()).plus(DailySessions.LONGEST_DAYS);
        since.tell(known);
        List<TimeSeries.Point> averages = sessions.fetch(caller, period).stream()
                .map(day ->
                        new TimeSeries.Point(day.day(), Quotient.of(day.milliseconds(), day.sessions() * MILLISECONDS)))
                .toList();
        return TimeSeries.of("session-length", caller, period, known, averages);
    }
}
