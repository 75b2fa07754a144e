package dev.quarry.metrics.wau;

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

@Path("/v1/metrics/wau")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class WauResource {
    private final ActiveUsers users;
    private final ActivitySlices slices;
    private final DailySeries series;
    private final Parameters<SeriesParameters> parameters;

    WauResource(ActiveUsers users, ActivitySlices slices, DailySeries series, Parameters<SeriesParameters> parameters) {
        this.users = users;
        this.slices = slices;
        this.series = series;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "getWau", summary = "Distinct users active in the seven days that end with each day")
    @Example("""
            {"metric": "wau", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-20", "value": 4102}, {"period": "2026-02-21", "value": 4184}]}
            """)
    public RestResponse<TimeSeries> wau() {
        return series.answer(
                "wau",
                Span.WEEK.earlierDays(),
                parameters.read(),
                (caller, period) -> users.fetch(caller, period, Span.WEEK),
                (caller, period, slice) -> slices.fetch(caller, period, slice, Activity.WEEK, (users, _) -> users));
    }
}
