package dev.quarry.postgres;

import dev.quarry.health.StoreHealth;
import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.Readiness;

/** Reports PostgreSQL in {@code /q/health}, and whether the service has reached it in {@code /q/health/ready}. */
@ApplicationScoped
class PostgresHealth {
    private final StoreHealth health;

    PostgresHealth(Postgres postgres) {
        this.health = new StoreHealth("PostgreSQL", postgres::isReachable);
    }

    @Produces
    @Wellness
    @ApplicationScoped
    HealthCheck wellness() {
        return health.now();
    }

    @Produces
    @Readiness
    @ApplicationScoped
    HealthCheck readiness() {
        return health.readiness();
    }
}
