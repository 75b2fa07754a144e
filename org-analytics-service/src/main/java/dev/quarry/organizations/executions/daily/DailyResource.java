package dev.quarry.organizations.executions.daily;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.organizations.executions.ExecutionSeries;
import dev.quarry.organizations.executions.ExecutionSeriesQuery;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.tabular.Csv;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions/daily")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class DailyResource {
    private final ExecutionSeriesQuery query;
    private final SecurityIdentity identity;
    private final Parameters<DailyParameters> parameters;

    DailyResource(ExecutionSeriesQuery query, SecurityIdentity identity, Parameters<DailyParameters> parameters) {
        this.query = query;
        this.identity = identity;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "get_daily_execution_data", summary = "Get daily execution data")
    @Example("""
            {"metric": "executions", "period": "daily",
             "data": [{"timestamp": "2026-11-20T00:00:00Z", "value": 1},
                      {"timestamp": "2026-11-21T00:00:00Z", "value": 2}]}
            """)
    public RestResponse<ExecutionSeries> daily() {
        DailyParameters asked = parameters.read();
        return query.answer(Caller.of(identity), asked.path(), asked.period(), asked.comparison(), asked);
    }
}
