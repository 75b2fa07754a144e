package dev.quarry.metrics.sessionlength;

import dev.quarry.caller.Permissions;
import dev.quarry.csv.Csv;
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
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/metrics/session-length")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class SessionLengthResource {
    private static final long MILLISECONDS = 1_000;

    private final DailySessions sessions;
    private final DailySeries series;
    private final Parameters<PeriodParameters> parameters;

    SessionLengthResource(DailySessions sessions, DailySeries series, Parameters<PeriodParameters> parameters) {
        this.sessions = sessions;
        this.series = series;
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
    public RestResponse<TimeSeries> sessionLength() {
        return series.answer(
                "session-length",
                DailySessions.LONGEST_DAYS,
                parameters,
                (caller, period) -> sessions.fetch(caller, period).stream()
                        .map(day -> new TimeSeries.Point(
                                day.day(), Quotient.of(day.milliseconds(), day.sessions() * MILLISECONDS)))
                        .toList());
    }
}
