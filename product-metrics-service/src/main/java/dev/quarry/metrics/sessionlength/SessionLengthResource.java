package dev.quarry.metrics.sessionlength;

import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.DailySeries;
import dev.quarry.metrics.DailySessions;
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

@Path("/v1/metrics/session-length")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class SessionLengthResource {
    private static final long MILLISECONDS = 1_000;

    private final DailySeries series;
    private final DailySessions sessions;
    private final Parameters<PeriodParameters> parameters;

    public SessionLengthResource(DailySeries series, DailySessions sessions, Parameters<PeriodParameters> parameters) {
        this.series = series;
        this.sessions = sessions;
        this.parameters = parameters;
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
        return series.answer(
                "session-length",
                parameters.read().period(),
                DailySessions.LONGEST_DAYS,
                sessions::fetch,
                day -> new TimeSeries.Point(day.day(), Quotient.of(day.milliseconds(), day.sessions() * MILLISECONDS)));
    }
}
