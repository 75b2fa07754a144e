package dev.quarry.probe;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureRenderer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;

/** A family's shape, for the tests of what all families share. */
@ApplicationScoped
class ProbeFailureRenderer implements FailureRenderer {
    @Override
    public Object body(Failure failure, String requestId) {
        return Map.of("kind", failure.getClass().getSimpleName(), "message", failure.message(), "requestId", requestId);
    }
}
