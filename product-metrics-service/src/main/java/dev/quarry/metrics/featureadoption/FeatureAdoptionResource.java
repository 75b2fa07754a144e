package dev.quarry.metrics.featureadoption;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.http.Groups;
import dev.quarry.metrics.DailySessions;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/metrics/feature-adoption")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class FeatureAdoptionResource {
    private final FeatureAdoptionQuery features;
    private final SecurityIdentity identity;
    private final Clock clock;
    private final DataSince since;

    public FeatureAdoptionResource(
            FeatureAdoptionQuery features, SecurityIdentity identity, Clock clock, DataSince since) {
        this.features = features;
        this.identity = identity;
        this.clock = clock;
        this.since = since;
    }

    @GET
    @Operation(operationId = "getFeatureAdoption", summary = "In which share of the sessions each feature was used")
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "tz")
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "Maximum number of features, the most used first. Shares are still of all sessions",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000", defaultValue = "1000"))
    @APIResponse(
            responseCode = "200",
            description = "OK",
            headers =
                    @Header(
                            name = Groups.OMITTED,
                            description = Groups.OMITTED_DESCRIPTION,
                            schema = @Schema(type = SchemaType.INTEGER, minimum = "1")),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = FeatureAdoption.class)))
    public RestResponse<FeatureAdoption> featureAdoption(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        PeriodParameters asked = PeriodParameters.of(uri, clock, Groups.MOST);
        WholeDays known = since.events(asked.zone()).plus(DailySessions.LONGEST_DAYS);
        since.tell(known);
        FeatureAdoptionQuery.Adoption adoption = asked.within(known)
                .map(read -> features.fetch(caller, read))
                .orElse(FeatureAdoptionQuery.Adoption.NONE);
        return Groups.answer(
                FeatureAdoption.of(caller, asked, adoption.sessions(), adoption.uses()), adoption.omitted());
    }
}
