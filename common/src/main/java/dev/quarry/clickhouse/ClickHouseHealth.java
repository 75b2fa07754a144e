package dev.quarry.clickhouse;

import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports ClickHouse in {@code /q/health}, and the readiness of a service that has not reached it yet, so that a
 * deployment with a wrong address or password stops. A service stays ready if ClickHouse goes away: its own answer, a 503 in the
 * family's format, is better than that of a gateway without a replica.
 */
@ApplicationScoped
class ClickHouseHealth {
    private static final String NAME = "ClickHouse";

    private final ClickHouse clickHouse;
    private volatile boolean hasAnswered;

    ClickHouseHealth(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Whether ClickHouse answers now. */
    @Produces
    @Wellness
    @ApplicationScoped
    HealthCheck wellness() {
        return () -> response(answers());
    }

    /** Whether ClickHouse has ever answered. */
    @Produces
    @Readiness
    @ApplicationScoped
    HealthCheck readiness() {
        return () -> response(hasAnswered || answers());
    }

    private boolean answers() {
        boolean answers = clickHouse.isReachable();
        if (answers) {
            hasAnswered = true;
        }
        return answers;
    }

    private static HealthCheckResponse response(boolean isUp) {
        return HealthCheckResponse.builder().name(NAME).status(isUp).build();
    }
}
