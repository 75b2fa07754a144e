package dev.quarry.metrics.mau;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.ActiveUsers;
import dev.quarry.metrics.ActivitySlices;
import dev.quarry.metrics.ActivitySlices.Activity;
import dev.quarry.metrics.DailySeries;
import dev.quarry.metrics.SeriesParameters;
import dev.quarry.metrics.Span;
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

@Path("/v1/metrics/mau")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class MauResource {
    private final ActiveUsers users;
    private final ActivitySlices slices;
    private final DailySeries series;
    private final Parameters<SeriesParameters> parameters;

    MauResource(ActiveUsers users, ActivitySlices slices, DailySeries series, Parameters<SeriesParameters> parameters) {
        this.users = users;
        this.slices = slices;
        this.series = series;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "getMau", summary = "Distinct users active in the thirty days that end with each day")
    @Example("""
            {"metric": "mau", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 9850}, {"period": "2026-02-21", "value": 10047}]}
            """)
    public RestResponse<TimeSeries> mau() {
        return series.answer(
                "mau",
                Span.MONTH.earlierDays(),
                parameters.read(),
                (caller, period) -> users.fetch(caller, period, Span.MONTH),
                (caller, period, slice) -> slices.fetch(caller, period, slice, Activity.MONTH, (users, _) -> users));
    }
}
