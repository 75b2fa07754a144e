package dev.quarry.integrations;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureRenderer;
import dev.quarry.pydantic.PydanticError;
import jakarta.enterprise.context.ApplicationScoped;

/** Tells failures in Feather's two shapes: validation in Pydantic's words, everything else as {@code error, message}. */
@ApplicationScoped
class IntegrationsFailureRenderer implements FailureRenderer {

    @Override
    public Object body(Failure failure, String requestId) {
        return switch (failure) {
            case Failure.Invalid invalid -> PydanticError.of(invalid.violations());
            case Failure.Unauthenticated _ -> error("unauthorized", failure);
            case Failure.Forbidden _ -> error("forbidden", failure);
            case Failure.NotFound _, Failure.NoSuchRoute _ -> error("not_found", failure);
            case Failure.MethodNotAllowed _ -> error("method_not_allowed", failure);
            case Failure.Malformed _, Failure.QueryTooLarge _ -> error("bad_request", failure);
            case Failure.TooManyRequests _ -> error("rate_limited", failure);
            case Failure.TimedOut _ -> error("timeout", failure);
            case Failure.Overloaded _, Failure.Unreachable _ -> error("service_unavailable", failure);
            case Failure.Internal _ -> error("internal_error", failure);
        };
    }

    private static IntegrationsError error(String name, Failure failure) {
        return new IntegrationsError(name, failure.message());
    }
}
