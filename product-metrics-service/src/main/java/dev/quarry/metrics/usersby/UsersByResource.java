package dev.quarry.metrics.usersby;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.http.Parameters;
import dev.quarry.refining.Refined;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.KnownSince;
import dev.quarry.time.Zones;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

@Path("/v1/metrics/users-by")
@PermissionsAllowed(Permissions.METRICS_READ)
@Refined
@KnownSince
@RunOnVirtualThread
public class UsersByResource {
    private final UsersByQuery query;
    private final SecurityIdentity identity;
    private final DataSince since;

    public UsersByResource(UsersByQuery query, SecurityIdentity identity, DataSince since) {
        this.query = query;
        this.identity = identity;
        this.since = since;
    }

    @GET
    @Operation(operationId = "getUsersBy", summary = "Users by the value that a dimension had at their newest event")
    @Parameter(
            name = "dimension",
            in = ParameterIn.QUERY,
            required = true,
            description = "What to tell users apart by",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"locale", "country", "client", "device", "platform", "version"}))
    public UsersBy usersBy(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        dev.quarry.http.Parameter<Dimension> dimension = parameters
                .query("dimension")
                .oneOf(List.of(Dimension.values()), Dimension::wireName)
                .required();
        parameters.check();
        since.tell(since.events(Zones.UTC));
        return UsersBy.of(caller, dimension.value(), query.fetch(caller, dimension.value()));
    }
}
