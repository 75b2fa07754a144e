package dev.quarry.metrics.usersby;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.http.Groups;
import dev.quarry.http.Parameters;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Zones;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/metrics/users-by")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
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
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = Groups.LIMIT_DESCRIPTION,
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
                    @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = UsersBy.class)))
    public RestResponse<UsersBy> usersBy(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        dev.quarry.http.Parameter<Dimension> dimension = parameters
                .query("dimension")
                .oneOf(List.of(Dimension.values()), Dimension::wireName)
                .required();
        dev.quarry.http.Parameter<Integer> limit = Groups.limit(parameters);
        parameters.check();
        WholeDays known = since.events(Zones.UTC);
        since.tell(known);
        UsersByQuery.Largest largest = query.fetch(caller, dimension.value(), known.first(), limit.value());
        return Groups.answer(UsersBy.of(caller, dimension.value(), largest.groups()), largest.omitted());
    }
}
