package dev.quarry.health;

import static java.util.function.Predicate.not;

import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * The readiness. A service that has not reached a store yet is not ready, so that a deployment with a wrong address or
 * password stops. It stays ready if a store goes away later: its own answer, a 503 in the family's format, is better
 * than that of a gateway without a replica.
 */
@Readiness
@ApplicationScoped
class StoresReached implements HealthCheck {
    private static final String NAME = "Stores reached since the start";

    private final List<StoreHealth> stores;

    StoresReached(@All List<StoreHealth> stores) {
        this.stores = stores;
    }

    @Override
    public HealthCheckResponse call() {
        String missing = stores.stream()
                .filter(not(StoreHealth::hasAnswered))
                .map(StoreHealth::name)
                .collect(Collectors.joining(", "));
        return missing.isEmpty()
                ? HealthCheckResponse.up(NAME)
                : HealthCheckResponse.builder()
                        .name(NAME)
                        .withData("missing", missing)
                        .down()
                        .build();
    }
}
