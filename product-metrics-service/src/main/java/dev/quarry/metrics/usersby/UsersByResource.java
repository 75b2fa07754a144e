package dev.quarry.metrics.usersby;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.groups.Groups;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.tabular.Csv;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Zones;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/metrics/users-by")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class UsersByResource {
    private final UsersByQuery query;
    private final SecurityIdentity identity;
    private final AnswerCache cache;
    private final Parameters<UsersByParameters> parameters;
    private final DataSince since;

    public UsersByResource(
            UsersByQuery query,
            SecurityIdentity identity,
            AnswerCache cache,
            Parameters<UsersByParameters> parameters,
            DataSince since) {
        this.query = query;
        this.identity = identity;
        this.cache = cache;
        this.parameters = parameters;
        this.since = since;
    }

    @GET
    @Operation(operationId = "getUsersBy", summary = "Users by the newest value that a dimension has in their events")
    @Example("""
            {"metric": "users-by", "organizationId": "org_1", "dimension": "locale",
             "data": [{"key": "en-US", "count": 921}, {"key": "de-DE", "count": 171}]}
            """)
    public RestResponse<UsersBy> usersBy() {
        Caller caller = Caller.of(identity);
        UsersByParameters asked = parameters.read();
        return cache.respond(caller, asked, () -> usersBy(caller, asked));
    }

    private RestResponse<UsersBy> usersBy(Caller caller, UsersByParameters asked) {
        WholeDays known = since.events(Zones.UTC);
        since.tell(known);
        UsersByQuery.Largest largest = query.fetch(
                caller, asked.dimension(), known.first(), asked.limit().groups());
        return Groups.answer(UsersBy.of(caller, asked.dimension(), largest.groups()), largest.omitted());
    }
}
