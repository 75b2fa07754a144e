package dev.quarry.metrics.newusers;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.parameters.Parameters;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;

@Path("/v1/metrics/new-users")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@RunOnVirtualThread
public class NewUsersResource {
    private final NewUsersQuery query;
    private final SecurityIdentity identity;
    private final Parameters<NewUsersParameters> parameters;

    public NewUsersResource(NewUsersQuery query, SecurityIdentity identity, Parameters<NewUsersParameters> parameters) {
        this.query = query;
        this.identity = identity;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "getNewUsers", summary = "Users whose first ever use was in each period")
    @Example("""
            {"metric": "new-users", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [{"period": "2026-02-09", "value": 96}, {"period": "2026-02-16", "value": 81}]}
            """)
    public TimeSeries newUsers() {
        Caller caller = Caller.of(identity);
        NewUsersParameters asked = parameters.read();
        Period period = asked.period();
        return TimeSeries.of(
                "new-users", caller, period, asked.granularity(), query.fetch(caller, period, asked.granularity()));
    }
}
