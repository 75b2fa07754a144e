package dev.quarry.metrics.newusers;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.Slice;
import dev.quarry.metrics.SliceRow;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.metrics.Unit;
import dev.quarry.parameters.Parameters;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.tabular.Csv;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/metrics/new-users")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@RunOnVirtualThread
public class NewUsersResource {
    private final NewUsersQuery query;
    private final SecurityIdentity identity;
    private final AnswerCache cache;
    private final Parameters<NewUsersParameters> parameters;

    public NewUsersResource(
            NewUsersQuery query,
            SecurityIdentity identity,
            AnswerCache cache,
            Parameters<NewUsersParameters> parameters) {
        this.query = query;
        this.identity = identity;
        this.cache = cache;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "getNewUsers", summary = "Users whose first ever use was in each period")
    @Example("""
            {"metric": "new-users", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-09", "value": 96}, {"period": "2026-02-16", "value": 81}]}
            """)
    public RestResponse<TimeSeries> newUsers() {
        Caller caller = Caller.of(identity);
        NewUsersParameters asked = parameters.read();
        return cache.answer(caller, asked, () -> {
            Period period = asked.period();
            Unit unit = asked.unit();
            return newUsers(caller, period, unit, asked.slice())
                    .with(
                            asked.comparison(),
                            period,
                            unit,
                            asked.slice(),
                            Optional.empty(),
                            (earlier, slice) -> rows(caller, earlier, unit, slice));
        });
    }

    private List<SliceRow<TimeSeries.Point>> rows(Caller caller, Period period, Unit unit, Slice slice) {
        return slice.isWhole()
                ? SliceRow.ofWhole(query.fetch(caller, period, unit))
                : query.fetch(caller, period, unit, slice);
    }

    private TimeSeries newUsers(Caller caller, Period period, Unit unit, Slice slice) {
        return slice.isWhole()
                ? TimeSeries.of("new-users", caller, period, unit, query.fetch(caller, period, unit))
                : TimeSeries.of("new-users", caller, period, unit, slice, query.fetch(caller, period, unit, slice));
    }
}
