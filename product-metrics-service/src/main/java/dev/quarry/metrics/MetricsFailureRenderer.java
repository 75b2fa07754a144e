package dev.quarry.metrics;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureRenderer;
import dev.quarry.error.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.util.stream.Collectors;

/** Renders failures in MCPeek's format: {@code statusCode, error, message} and, with 429, {@code retryAfter}. */
@ApplicationScoped
class MetricsFailureRenderer implements FailureRenderer {
    private final int validationStatus;

    MetricsFailureRenderer(MetricsConfiguration configuration) {
        this.validationStatus = configuration.validationStatus();
        if (validationStatus != 400 && validationStatus != 500) {
            throw new IllegalArgumentException("quarry.metrics.validation-status is neither 400 nor 500");
        }
    }

    @Override
    public int status(Failure failure) {
        return failure instanceof Failure.Invalid ? validationStatus : failure.status();
    }

    @Override
    public Object body(Failure failure, String requestId) {
        int status = status(failure);
        Long retryAfter = failure instanceof Failure.TooManyRequests limited
                ? Math.max(1, limited.retryAfter().toSeconds())
                : null;
        return new MetricsError(status, reason(status), message(failure), retryAfter);
    }

    /** HTTP has no phrase for 499, the status of a request whose client has gone. */
    private static String reason(int status) {
        Response.Status known = Response.Status.fromStatusCode(status);
        return known == null ? "Client Closed Request" : known.getReasonPhrase();
    }

    private static String message(Failure failure) {
        return failure instanceof Failure.Invalid invalid
                ? invalid.violations().stream()
                        .map(MetricsFailureRenderer::sentence)
                        .collect(Collectors.joining("; "))
                : failure.message();
    }

    private static String sentence(Violation violation) {
        return violation.loc().getLast() + ": " + violation.msg();
    }
}
