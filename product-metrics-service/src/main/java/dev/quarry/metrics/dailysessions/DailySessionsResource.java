package dev.quarry.metrics.dailysessions;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.DailySeries;
import dev.quarry.metrics.DailySessions;
import dev.quarry.metrics.SeriesParameters;
import dev.quarry.metrics.SessionSlices;
import dev.quarry.metrics.TimeSeries;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/metrics/daily-sessions")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class DailySessionsResource {
    private final DailySessions sessions;
    private final SessionSlices slices;
    private final DailySeries series;
    private final Parameters<SeriesParameters> parameters;

    DailySessionsResource(
            DailySessions sessions, SessionSlices slices, DailySeries series, Parameters<SeriesParameters> parameters) {
        this.sessions = sessions;
        this.slices = slices;
        this.series = series;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "getDailySessions", summary = "Sessions that started on each day")
    @Example("""
            {"metric": "daily-sessions", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 2210}, {"period": "2026-02-21", "value": 2254}]}
            """)
    public RestResponse<TimeSeries> dailySessions() {
        return series.answer(
                "daily-sessions",
                DailySessions.LONGEST_DAYS,
                parameters.read(),
                (caller, period) -> sessions.fetch(caller, period).stream()
                        .map(day -> new TimeSeries.Point(day.day(), day.sessions()))
                        .toList(),
                slices::numbers);
    }
}
