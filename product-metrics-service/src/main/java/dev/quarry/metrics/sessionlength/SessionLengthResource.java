package dev.quarry.metrics.sessionlength;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.DailySeries;
import dev.quarry.metrics.DailySessions;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.SessionSlices;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.numbers.Quotient;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.tabular.Csv;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/metrics/session-length")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class SessionLengthResource {
    private static final long MILLISECONDS = 1_000;

    private final DailySessions sessions;
    private final SessionSlices slices;
    private final DailySeries series;
    private final Parameters<SessionLengthParameters> parameters;

    SessionLengthResource(
            DailySessions sessions,
            SessionSlices slices,
            DailySeries series,
            Parameters<SessionLengthParameters> parameters) {
        this.sessions = sessions;
        this.slices = slices;
        this.series = series;
        this.parameters = parameters;
    }

    @GET
    @Operation(
            operationId = "getSessionLength",
            summary =
                    "Seconds from first to last event of the sessions that started on each day: the average or a percentile")
    @Example("""
            {"metric": "session-length", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 184.25}, {"period": "2026-02-21", "value": 187.94}]}
            """)
    public RestResponse<TimeSeries> sessionLength() {
        SessionLengthParameters asked = parameters.read();
        return series.answer(
                "session-length",
                DailySessions.LONGEST_DAYS,
                asked,
                asked.series(),
                (caller, period) -> asked.statistic() == Statistic.AVERAGE
                        ? averages(caller, period)
                        : percentiles(caller, period, asked.statistic()),
                (caller, period, slice) ->
                        slices.lengths(caller, period, slice, asked.statistic().percent()));
    }

    private List<TimeSeries.Point> averages(Caller caller, Period period) {
        return sessions.fetch(caller, period).stream()
                .map(day -> point(day.day(), day.milliseconds(), day.sessions()))
                .toList();
    }

    private List<TimeSeries.Point> percentiles(Caller caller, Period period, Statistic statistic) {
        return sessions.percentiles(caller, period, statistic.percent()).stream()
                .map(day -> point(day.day(), day.milliseconds(), 1))
                .toList();
    }

    private static TimeSeries.Point point(LocalDate day, long milliseconds, long sessions) {
        return new TimeSeries.Point(day, Quotient.of(milliseconds, sessions * MILLISECONDS));
    }
}
