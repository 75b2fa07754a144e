package dev.quarry.organizations;

import dev.quarry.auth.Permissions;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureRenderer;
import dev.quarry.error.PydanticError;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** Tells failures in MechaMental's two shapes: validation in Pydantic's words, everything else by a name in capitals. */
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
            case Failure.Invalid invalid -> PydanticError.of(invalid);
            case Failure.Unauthenticated _ -> error("AUTHENTICATION_FAILED", failure, Map.of());
            case Failure.Forbidden _ ->
                error("FORBIDDEN", failure, Map.of("required_permission", Permissions.ANALYTICS_READ));
            case Failure.NotFound missing ->
                error(
                        "RESOURCE_NOT_FOUND",
                        failure,
                        Map.of("resource_type", missing.resourceType(), "resource_id", missing.resourceId()));
            case Failure.NoSuchRoute _ -> error("RESOURCE_NOT_FOUND", failure, Map.of());
            case Failure.MethodNotAllowed _ -> error("METHOD_NOT_ALLOWED", failure, Map.of());
            case Failure.Malformed _, Failure.TooHeavy _ -> error("BAD_REQUEST", failure, Map.of());
            case Failure.TooManyRequests _ -> error("RATE_LIMITED", failure, Map.of());
            case Failure.TimedOut _ -> error("GATEWAY_TIMEOUT", failure, Map.of());
            case Failure.Overloaded _, Failure.Unreachable _ -> error("SERVICE_UNAVAILABLE", failure, Map.of());
            case Failure.Wrong _ -> error("INTERNAL_SERVER_ERROR", failure, Map.of());
        };
    }

    private OrganizationsError error(String name, Failure failure, Map<String, String> details) {
        return new OrganizationsError(
                name, failure.message(), details, TIMESTAMP.format(clock.instant()), failure.status());
    }
}
