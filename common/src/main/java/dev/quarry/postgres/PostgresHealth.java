package dev.quarry.postgres;

import dev.quarry.health.StoreHealth;
import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Reports PostgreSQL in {@code /q/health}. */
@ApplicationScoped
class PostgresHealth {
    @Produces
    @Wellness
    @Singleton
    StoreHealth health(Postgres postgres) {
        return new StoreHealth("PostgreSQL", postgres::isReachable);
    }
}
