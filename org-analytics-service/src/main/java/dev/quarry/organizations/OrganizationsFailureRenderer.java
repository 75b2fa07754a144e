package dev.quarry.organizations;

import dev.quarry.caller.Permissions;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureRenderer;
import dev.quarry.pydantic.PydanticError;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Tells failures in MechaMental's two shapes: validation in Pydantic's words, everything else by a name in capitals. The
 * messages of 401, 403, 404 and 500 are the published ones, which name no resource.
 */
@ApplicationScoped
class OrganizationsFailureRenderer implements FailureRenderer {
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private final Clock clock;

    OrganizationsFailureRenderer(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Object body(Failure failure, String requestId) {
        return switch (failure) {
            case Failure.Invalid invalid -> PydanticError.of(invalid.violations());
            case Failure.Unauthenticated _ ->
                error("AUTHENTICATION_FAILED", failure, "Authentication required", details());
            case Failure.Forbidden _ ->
                error(
                        "FORBIDDEN",
                        failure,
                        "You don't have permission to perform this action",
                        details("required_permission", Permissions.ANALYTICS_READ));
            case Failure.NotFound missing ->
                error(
                        "RESOURCE_NOT_FOUND",
                        failure,
                        "The requested resource was not found",
                        details("resource_type", missing.resourceType(), "resource_id", missing.resourceId()));
            case Failure.NoSuchRoute _ -> error("RESOURCE_NOT_FOUND", failure);
            case Failure.MethodNotAllowed _ -> error("METHOD_NOT_ALLOWED", failure);
            case Failure.Malformed _, Failure.QueryTooLarge _ -> error("BAD_REQUEST", failure);
            case Failure.TooManyRequests _ -> error("RATE_LIMITED", failure);
            case Failure.TimedOut _ -> error("GATEWAY_TIMEOUT", failure);
            case Failure.Overloaded _, Failure.Unreachable _ -> error("SERVICE_UNAVAILABLE", failure);
            case Failure.Internal _ -> error("INTERNAL_SERVER_ERROR", failure);
        };
    }

    private OrganizationsError error(String name, Failure failure) {
        return error(name, failure, failure.message(), details());
    }

    private OrganizationsError error(
            String name, Failure failure, String message, SequencedMap<String, String> details) {
        return new OrganizationsError(name, message, details, TIMESTAMP.format(clock.instant()), failure.status());
    }

    /** Alternating keys and values. Clients see the keys in this order, the same in every process. */
    private static SequencedMap<String, String> details(String... keysAndValues) {
        SequencedMap<String, String> details = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            details.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return details;
    }
}
