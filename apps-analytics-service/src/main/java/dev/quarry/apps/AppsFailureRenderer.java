package dev.quarry.apps;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureRenderer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;

/** Renders failures in Mixpeek's two formats: validation errors as Pydantic's, all others as an error with a type. */
@ApplicationScoped
class AppsFailureRenderer implements FailureRenderer {

    @Override
    public Object body(Failure failure, String requestId) {
        return switch (failure) {
            case Failure.Invalid invalid ->
                new AppsValidationError(invalid.violations().stream()
                        .map(violation ->
                                new AppsValidationError.Detail(violation.loc(), violation.msg(), violation.type()))
                        .toList());
            case Failure.NotFound missing -> error(failure, message(missing), "NotFoundError", details(missing));
            case Failure.NoSuchRoute _ -> error(failure, "NotFoundError");
            case Failure.Unauthenticated _ -> error(failure, "AuthenticationError");
            case Failure.Forbidden _ -> error(failure, "PermissionError");
            case Failure.MethodNotAllowed _ -> error(failure, "MethodNotAllowedError");
            case Failure.Malformed _, Failure.QueryTooLarge _ -> error(failure, "BadRequestError");
            case Failure.TooManyRequests _ -> error(failure, "RateLimitError");
            case Failure.TimedOut _ -> error(failure, "TimeoutError");
            case Failure.Overloaded _, Failure.Unreachable _ -> error(failure, "ServiceUnavailableError");
            case Failure.Internal _ -> error(failure, "InternalServerError");
        };
    }

    private static AppsError error(Failure failure, String type) {
        return error(failure, failure.message(), type, null);
    }

    private static AppsError error(Failure failure, String message, String type, SequencedMap<String, Object> details) {
        return new AppsError(false, failure.status(), new AppsError.Detail(message, type, null, details));
    }

    /** In the published form, such as {@code Namespace not found}. */
    private static String message(Failure.NotFound missing) {
        String resource = missing.resourceType();
        return resource.substring(0, 1).toUpperCase(Locale.ROOT) + resource.substring(1) + " not found";
    }

    /** Keys in a fixed order, which is the same in every process. */
    private static SequencedMap<String, Object> details(Failure.NotFound missing) {
        SequencedMap<String, Object> details = new LinkedHashMap<>();
        details.put("resource", missing.resourceType());
        details.put("id", missing.resourceId());
        return details;
    }
}
