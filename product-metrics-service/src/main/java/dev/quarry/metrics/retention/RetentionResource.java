package dev.quarry.metrics.retention;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.http.Parameters;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.time.Granularity;
import dev.quarry.time.WholeDays;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

@Path("/v1/metrics/retention")
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class RetentionResource {
    private final RetentionQuery query;
    private final SecurityIdentity identity;
    private final Clock clock;
    private final DataSince since;

    public RetentionResource(RetentionQuery query, SecurityIdentity identity, Clock clock, DataSince since) {
        this.query = query;
        this.identity = identity;
        this.clock = clock;
        this.since = since;
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
        Optional<PeriodParameters> over = asked.until(today.minusDays(days.value() + 1L));
        return kept(asked.zone(), days.value(), mode.value())
                .map(known -> over.flatMap(cohorts -> cohorts.within(known)))
                .orElse(over)
                .map(shown -> Retention.of(
                        caller, asked, shown, days.value(), query.fetch(caller, shown, days.value(), mode.value())))
                .orElseGet(() -> Retention.none(caller, asked, days.value()));
    }

    /**
     * The days of cohorts whose day of return is kept; empty if all are. Last uses are kept for ever, so
     * {@code on_or_after} always has its answer.
     */
    private Optional<WholeDays> kept(ZoneId zone, int days, RetentionMode mode) {
        return switch (mode) {
            case ON_OR_AFTER -> Optional.empty();
            case EXACTLY -> {
                WholeDays known = since.events(zone).plus(-days);
                since.tell(known);
                yield Optional.of(known);
            }
        };
    }
}
