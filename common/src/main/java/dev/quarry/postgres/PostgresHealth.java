package dev.quarry.postgres;

import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports PostgreSQL in {@code /q/health}, and the readiness of a service that has not reached it yet, so that a
 * deployment with a wrong address or password stops. A service stays ready if PostgreSQL goes away: its own answer, a 503 in the
 * family's format, is better than that of a gateway without a replica.
 */
@ApplicationScoped
class PostgresHealth {
    private static final String NAME = "PostgreSQL";

    private final Postgres postgres;
    private volatile boolean hasAnswered;

    PostgresHealth(Postgres postgres) {
        this.postgres = postgres;
    }

    /** Whether PostgreSQL answers now. */
    @Produces
    @Wellness
    @ApplicationScoped
    HealthCheck wellness() {
        return () -> response(answers());
    }

    /** Whether PostgreSQL has ever answered. */
    @Produces
    @Readiness
    @ApplicationScoped
    HealthCheck readiness() {
        return () -> response(hasAnswered || answers());
    }

    private boolean answers() {
        boolean answers = postgres.isReachable();
        if (answers) {
            hasAnswered = true;
        }
        return answers;
    }

    private static HealthCheckResponse response(boolean isUp) {
        return HealthCheckResponse.builder().name(NAME).status(isUp).build();
    }
}
