package dev.quarry.organizations.executions;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.organizations.Directory;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions")
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class ExecutionsResource {
    private final ExecutionsQuery query;
    private final Directory directory;
    private final SecurityIdentity identity;
    private final Parameters<ExecutionsParameters> parameters;

    ExecutionsResource(
            ExecutionsQuery query,
            Directory directory,
            SecurityIdentity identity,
            Parameters<ExecutionsParameters> parameters) {
        this.query = query;
        this.directory = directory;
        this.identity = identity;
        this.parameters = parameters;
    }

    @GET
    @Operation(
            operationId = "get_execution_metrics",
            summary = "Get execution metrics",
            description = "All executions that are kept, or with `hours` or `days` those of the last so many.")
    @Example("""
            {"total": 2, "success": 1, "failed": 1, "success_rate": 50.0,
             "previous": {"total": 1, "success": 1, "failed": 0, "success_rate": 100.0}}
            """)
    public RestResponse<ComparedExecutions> executions() {
        Caller caller = Caller.of(identity);
        ExecutionsParameters asked = parameters.read();
        return directory.answer(caller, asked.path(), asked, () -> executions(caller, asked));
    }

    private ComparedExecutions executions(Caller caller, ExecutionsParameters asked) {
        String workspace = asked.path().workspace();
        Optional<ExecutionPeriod> limited = asked.period();
        if (limited.isEmpty()) {
            return ComparedExecutions.of(
                    query.fetch(caller, workspace, asked.options().zone()).executions(), null);
        }
        ExecutionPeriod period = limited.get();
        Executions executions = query.fetch(caller, workspace, period.window());
        Executions previous = period.previous()
                .map(window -> query.fetchWhole(caller, workspace, window))
                .orElse(null);
        return ComparedExecutions.of(executions, previous);
    }
}
