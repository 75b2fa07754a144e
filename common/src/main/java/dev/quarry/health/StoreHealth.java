package dev.quarry.health;

import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Reports in {@code /q/health} whether a store answers now. */
public final class StoreHealth implements HealthCheck {
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

    String name() {
        return name;
    }

    /** Whether the store has ever answered. Does not ask a store that has. */
    boolean hasAnswered() {
        return hasAnswered || answers();
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.builder().name(name).status(answers()).build();
    }

    private boolean answers() {
        boolean answers = store.getAsBoolean();
        if (answers) {
            hasAnswered = true;
        }
        return answers;
    }
}
