package dev.quarry.metrics.powerusers;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.Period;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.tabular.Csv;
import dev.quarry.time.WholeDays;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/metrics/power-users")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class PowerUsersResource {
    private final PowerUsersQuery query;
    private final SecurityIdentity identity;
    private final AnswerCache cache;
    private final Parameters<PowerUsersParameters> parameters;
    private final DataSince since;

    public PowerUsersResource(
            PowerUsersQuery query,
            SecurityIdentity identity,
            AnswerCache cache,
            Parameters<PowerUsersParameters> parameters,
            DataSince since) {
        this.query = query;
        this.identity = identity;
        this.cache = cache;
        this.parameters = parameters;
        this.since = since;
    }

    @GET
    @Operation(operationId = "getPowerUsers", summary = "The share of users who call tools a lot")
    @Example("""
            {"metric": "power-users", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "threshold": 10, "totalUsers": 814, "powerUsers": 169, "percentage": 20.76}
            """)
    public RestResponse<PowerUsers> powerUsers() {
        Caller caller = Caller.of(identity);
        PowerUsersParameters asked = parameters.read();
        return cache.answer(caller, asked, () -> powerUsers(caller, asked));
    }

    private PowerUsers powerUsers(Caller caller, PowerUsersParameters asked) {
        Period period = asked.period();
        WholeDays known = since.events(period.zone());
        since.tell(known);
        PowerUsers.Counts counts = period.within(known)
                .map(read -> query.fetch(caller, read, asked.threshold()))
                .orElse(PowerUsers.Counts.NONE);
        return PowerUsers.of(caller, period, asked.threshold(), counts);
    }
}
