package dev.quarry.organizations.secrets;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.groups.Groups;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.LimitedGroupsParameters;
import dev.quarry.parameters.Parameters;
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

@Path("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/secrets")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.ANALYTICS_READ)
@RunOnVirtualThread
public class SecretsResource {
    private final SecretsQuery query;
    private final SecurityIdentity identity;
    private final Parameters<LimitedGroupsParameters> parameters;

    SecretsResource(SecretsQuery query, SecurityIdentity identity, Parameters<LimitedGroupsParameters> parameters) {
        this.query = query;
        this.identity = identity;
        this.parameters = parameters;
    }

    @GET
    @Operation(operationId = "get_secret_analytics", summary = "Get secret analytics")
    @Example("""
            {"total_secrets": 2, "active_secrets": 1, "secrets_by_type": {"api_key": 1, "oauth": 1}}
            """)
    public RestResponse<SecretAnalytics> secrets() {
        Caller caller = Caller.of(identity);
        LimitedGroupsParameters asked = parameters.read();
        Directory.requirePlausible(caller, asked.path());
        var counted =
                query.fetch(caller, asked.path().workspace(), asked.limit().groups());
        return Groups.answer(counted.analytics(), counted.omitted());
    }
}
