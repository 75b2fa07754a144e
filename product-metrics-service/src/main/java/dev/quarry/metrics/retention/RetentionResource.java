package dev.quarry.metrics.retention;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.http.Parameters;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.refining.Refined;
import dev.quarry.time.Granularity;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

@Path("/v1/metrics/retention")
@PermissionsAllowed(Permissions.METRICS_READ)
@Refined
@RunOnVirtualThread
public class RetentionResource {
    private final RetentionQuery query;
    private final SecurityIdentity identity;
    private final Clock clock;

    public RetentionResource(RetentionQuery query, SecurityIdentity identity, Clock clock) {
        this.query = query;
        this.identity = identity;
        this.clock = clock;
    }

    @GET
    @Operation(operationId = "getRetention", summary = "Of the users new on each day, those who came back")
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "limit")
    @Parameter(ref = "tz")
    @Parameter(
            name = "days",
            in = ParameterIn.QUERY,
            description = "How many days later",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "90", defaultValue = "7"))
    @Parameter(
            name = "mode",
            in = ParameterIn.QUERY,
            description = "Active on exactly that day, or on any day from then on",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"exactly", "on_or_after"},
                            defaultValue = "exactly"))
    public Retention retention(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        PeriodParameters.Declaration period = PeriodParameters.declare(parameters);
        dev.quarry.http.Parameter<Integer> days =
                parameters.query("days").integer(1, 90).orElse(7);
        dev.quarry.http.Parameter<RetentionMode> mode = parameters
                .query("mode")
                .oneOf(List.of(RetentionMode.values()), RetentionMode::wireName)
                .orElse(RetentionMode.EXACTLY);
        parameters.check();
        PeriodParameters asked = period.read(clock);
        LocalDate today = Granularity.DAY.dateOf(clock.instant(), asked.zone());
        return Retention.of(caller, asked, days.value(), today, query.fetch(caller, asked, days.value(), mode.value()));
    }
}
