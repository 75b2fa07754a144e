package dev.quarry.metrics.newusers;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.http.Parameters;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.time.Granularity;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

@Path("/v1/metrics/new-users")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@RunOnVirtualThread
public class NewUsersResource {
    private final NewUsersQuery query;
    private final SecurityIdentity identity;
    private final Clock clock;

    public NewUsersResource(NewUsersQuery query, SecurityIdentity identity, Clock clock) {
        this.query = query;
        this.identity = identity;
        this.clock = clock;
    }

    @GET
    @Operation(operationId = "getNewUsers", summary = "Users whose first ever use was in each period")
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "limit")
    @Parameter(ref = "tz")
    @Parameter(
            name = "granularity",
            in = ParameterIn.QUERY,
            description = "The length of a period; weeks begin on Monday",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"day", "week", "month"},
                            defaultValue = "day"))
    public TimeSeries newUsers(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        PeriodParameters.Declaration period = PeriodParameters.declare(parameters);
        dev.quarry.http.Parameter<Granularity> granularity = parameters
                .query("granularity")
                .oneOf(List.of(Granularity.DAY, Granularity.WEEK, Granularity.MONTH), Granularity::wireName)
                .orElse(Granularity.DAY);
        parameters.check();
        PeriodParameters asked = period.read(clock);
        return TimeSeries.of(
                "new-users", caller, asked, granularity.value(), query.fetch(caller, asked, granularity.value()));
    }
}
