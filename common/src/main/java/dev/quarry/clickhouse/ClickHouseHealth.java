package dev.quarry.clickhouse;

import dev.quarry.health.StoreHealth;
import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Reports ClickHouse in {@code /q/health}. */
@ApplicationScoped
class ClickHouseHealth {
    @Produces
    @Wellness
    @Singleton
    StoreHealth health(ClickHouse clickHouse) {
        return new StoreHealth("ClickHouse", clickHouse::isReachable);
    }
}
