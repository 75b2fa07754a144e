package dev.quarry.metrics.powerusers;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.http.Parameters;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.time.WholeDays;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

@Path("/v1/metrics/power-users")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class PowerUsersResource {
    private static final int DEFAULT_THRESHOLD = 10;
    private static final int MAX_THRESHOLD = 1_000_000;

    private final PowerUsersQuery query;
    private final SecurityIdentity identity;
    private final Clock clock;
    private final DataSince since;

    public PowerUsersResource(PowerUsersQuery query, SecurityIdentity identity, Clock clock, DataSince since) {
        this.query = query;
        this.identity = identity;
        this.clock = clock;
        this.since = since;
    }

    @GET
    @Operation(operationId = "getPowerUsers", summary = "The share of users who call tools a lot")
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "limit")
    @Parameter(ref = "tz")
    @Parameter(
            name = "threshold",
            in = ParameterIn.QUERY,
            description = "How many tool calls in the window make a power user",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000000", defaultValue = "10"))
    public PowerUsers powerUsers(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        PeriodParameters.Declaration period = PeriodParameters.declare(parameters);
        dev.quarry.http.Parameter<Integer> threshold =
                parameters.query("threshold").integer(1, MAX_THRESHOLD).orElse(DEFAULT_THRESHOLD);
        parameters.check();
        PeriodParameters asked = period.read(clock);
        WholeDays known = since.events(asked.zone());
        since.tell(known);
        PowerUsers.Counts counts = asked.within(known)
                .map(read -> query.fetch(caller, read, threshold.value()))
                .orElse(PowerUsers.Counts.NONE);
        return PowerUsers.of(caller, asked, threshold.value(), counts);
    }
}
