package dev.quarry.metrics.featureadoption;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.metrics.DailySessions;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.refining.Refined;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.KnownSince;
import dev.quarry.time.WholeDays;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

@Path("/v1/metrics/feature-adoption")
@PermissionsAllowed(Permissions.METRICS_READ)
@Refined
@KnownSince
@RunOnVirtualThread
public class FeatureAdoptionResource {
    private final FeatureAdoptionQuery features;
    private final DailySessions sessions;
    private final SecurityIdentity identity;
    private final Clock clock;
    private final DataSince since;

    public FeatureAdoptionResource(
            FeatureAdoptionQuery features,
            DailySessions sessions,
            SecurityIdentity identity,
            Clock clock,
            DataSince since) {
        this.features = features;
        this.sessions = sessions;
        this.identity = identity;
        this.clock = clock;
        this.since = since;
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
        WholeDays known = since.events(asked.zone()).plus(DailySessions.LONGEST_DAYS);
        since.tell(known);
        Optional<PeriodParameters> read = asked.within(known);
        if (read.isEmpty()) {
            return FeatureAdoption.of(caller, asked, 0, List.of());
        }
        long total = sessions.fetch(caller, read.get(), read.get().days()).stream()
                .mapToLong(DailySessions.Day::sessions)
                .sum();
        return FeatureAdoption.of(caller, asked, total, features.fetch(caller, read.get()));
    }
}
