package dev.quarry.integrations.dashboard;

import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.groups.Groups;
import dev.quarry.integrations.InvocationSlice;
import dev.quarry.integrations.Invocations;
import dev.quarry.integrations.Tallies;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/analytics/integrations/dashboard")
@PermissionsAllowed(Permissions.INTEGRATIONS_READ)
@RunOnVirtualThread
@WithDataAsOf
@WithDataSince
public class DashboardResource {
    private final Invocations invocations;
    private final SecurityIdentity identity;
    private final AnswerCache cache;
    private final Parameters<DashboardParameters> parameters;

    public DashboardResource(
            Invocations invocations,
            SecurityIdentity identity,
            AnswerCache cache,
            Parameters<DashboardParameters> parameters) {
        this.invocations = invocations;
        this.identity = identity;
        this.cache = cache;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "getIntegrationDashboard", summary = "Every panel in one envelope")
    @Example("""
            {"summary": [{"current_invocations": 5385, "previous_invocations": 3335, "pct_change_invocations": 61.47,
                 "current_failures": 391, "previous_failures": 0, "pct_change_failures": null,
                 "current_success_rate_pct": 92.74, "previous_success_rate_pct": 100.0,
                 "pct_change_success_rate_pct": -7.26, "current_avg_latency_ms": 300.5,
                 "previous_avg_latency_ms": 240.4, "pct_change_avg_latency_ms": 25.0,
                 "current_p95_latency_ms": 802.0, "previous_p95_latency_ms": 802.0,
                 "pct_change_p95_latency_ms": 0.0}],
             "usage": [{"time_bucket": "2026-06-03T00:00:00Z", "invocations": 174, "successful": 154,
                        "vendor_errors": 20, "exceptions": 0}],
             "success_rate": [{"time_bucket": "2026-06-03T00:00:00Z", "invocations": 174, "successful": 154,
                               "success_rate_pct": 88.51}],
             "latency": [{"time_bucket": "2026-06-30T00:00:00Z", "invocations": 200, "p50_ms": 160.0, "p90_ms": 725.0,
                          "p95_ms": 907.0, "p99_ms": 1339.0, "avg_ms": 304.31, "max_ms": 7036.0}],
             "by_integration": [{"integration_key": "access-website-public-webpage", "invocations": 548,
                                 "successful": 473, "vendor_errors": 70, "exceptions": 5, "success_rate_pct": 86.31,
                                 "p95_latency_ms": 1288.0}],
             "by_mode": [{"mode": "vendor_api", "invocations": 5385, "successful": 4994, "vendor_errors": 385,
                          "exceptions": 6, "success_rate_pct": 92.74, "p95_latency_ms": 802.0}],
             "error_breakdown": [{"error_category": "200", "count": 255, "share_pct": 65.22}]}
            """)
    public RestResponse<DashboardEnvelope> dashboard() {
        Caller caller = Caller.of(identity);
        DashboardParameters asked = parameters.read();
        InvocationSlice slice = asked.panel().slice(asked.comparison().choice());
        return slice.isLarge()
                ? read(caller, slice, asked)
                : cache.respond(caller, asked, () -> read(caller, slice, asked));
    }

    private RestResponse<DashboardEnvelope> read(Caller caller, InvocationSlice slice, DashboardParameters asked) {
        Tallies tallies = invocations.tallies(
                caller, slice, DashboardEnvelope.CUTS, asked.limit().groups());
        return Groups.answer(DashboardEnvelope.of(tallies), tallies.omitted(DashboardEnvelope.CUTS));
    }
}
