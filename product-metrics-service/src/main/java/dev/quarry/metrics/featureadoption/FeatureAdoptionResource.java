package dev.quarry.metrics.featureadoption;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.metrics.DailySessions;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.refining.Refined;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

@Path("/v1/metrics/feature-adoption")
@PermissionsAllowed(Permissions.METRICS_READ)
@Refined
@RunOnVirtualThread
public class FeatureAdoptionResource {
    private final FeatureAdoptionQuery features;
    private final DailySessions sessions;
    private final SecurityIdentity identity;
    private final Clock clock;

    public FeatureAdoptionResource(
            FeatureAdoptionQuery features, DailySessions sessions, SecurityIdentity identity, Clock clock) {
        this.features = features;
        this.sessions = sessions;
        this.identity = identity;
        this.clock = clock;
    }

    @GET
    @Operation(operationId = "getFeatureAdoption", summary = "In which share of the sessions each feature was used")
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "limit")
    @Parameter(ref = "tz")
    public FeatureAdoption featureAdoption(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        PeriodParameters asked = PeriodParameters.of(uri, clock);
        return FeatureAdoption.of(caller, asked, sessions.total(caller, asked), features.fetch(caller, asked));
    }
}
