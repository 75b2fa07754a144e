package dev.quarry.health;

import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Health of a store. A service that has not reached the store yet is not ready, so that a deployment with a wrong
 * address or password stops. It stays ready if the store goes away later: its own answer, a 503 in the family's format,
 * is better than that of a gateway without a replica.
 */
public final class StoreHealth {
    private final String name;
    private final BooleanSupplier store;
    private volatile boolean hasAnswered;

    /**
     * @param name as {@code /q/health} shows it
     * @param store whether the store answers now
     */
    public StoreHealth(String name, BooleanSupplier store) {
        this.name = name;
        this.store = store;
    }

    /** Whether the store answers now. */
    public HealthCheck now() {
        return () -> response(answers());
    }

    /** Whether the store has ever answered. */
    public HealthCheck readiness() {
        return () -> response(hasAnswered || answers());
    }

    private boolean answers() {
        boolean answers = store.getAsBoolean();
        if (answers) {
            hasAnswered = true;
        }
        return answers;
    }

    private HealthCheckResponse response(boolean isUp) {
        return HealthCheckResponse.builder().name(name).status(isUp).build();
    }
}
