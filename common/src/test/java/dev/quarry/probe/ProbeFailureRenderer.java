package dev.quarry.probe;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureRenderer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;

/** A family's shape, for the tests of what all families share. */
@ApplicationScoped
class ProbeFailureRenderer implements FailureRenderer {
    @RegisterForReflection
    record Body(String kind, String message, String requestId) {}

    @Override
    public Object body(Failure failure, String requestId) {
        return new Body(failure.getClass().getSimpleName(), failure.message(), requestId);
    }
}
