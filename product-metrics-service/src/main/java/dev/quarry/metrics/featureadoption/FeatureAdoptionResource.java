package dev.quarry.metrics.featureadoption;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.groups.Groups;
import dev.quarry.metrics.DailySessions;
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

@Path("/v1/metrics/feature-adoption")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class FeatureAdoptionResource {
    private final FeatureAdoptionQuery features;
    private final SecurityIdentity identity;
    private final AnswerCache cache;
    private final Parameters<FeatureAdoptionParameters> parameters;
    private final DataSince since;

    public FeatureAdoptionResource(
            FeatureAdoptionQuery features,
            SecurityIdentity identity,
            AnswerCache cache,
            Parameters<FeatureAdoptionParameters> parameters,
            DataSince since) {
        this.features = features;
        this.identity = identity;
        this.cache = cache;
        this.parameters = parameters;
        this.since = since;
    }

    @GET
    @Operation(operationId = "getFeatureAdoption", summary = "In which share of the sessions each feature was used")
    @Example("""
            {"metric": "feature-adoption", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21",
             "data": [
               {"feature": "requestDisplayMode", "sessionsWithFeature": 302, "totalSessions": 1048,
                "percentage": 28.82}]}
            """)
    public RestResponse<FeatureAdoption> featureAdoption() {
        Caller caller = Caller.of(identity);
        FeatureAdoptionParameters asked = parameters.read();
        return cache.respond(caller, asked, () -> adoption(caller, asked.period()));
    }

    private RestResponse<FeatureAdoption> adoption(Caller caller, Period period) {
        WholeDays known = since.events(period.zone()).plus(DailySessions.LONGEST_DAYS);
        since.tell(known);
        FeatureAdoptionQuery.Adoption adoption = period.within(known)
                .map(read -> features.fetch(caller, read))
                .orElse(FeatureAdoptionQuery.Adoption.NONE);
        return Groups.answer(
                FeatureAdoption.of(caller, period, adoption.sessions(), adoption.uses()), adoption.omitted());
    }
}
