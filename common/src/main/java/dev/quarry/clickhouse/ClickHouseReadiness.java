package dev.quarry.clickhouse;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Reports the service as not ready while ClickHouse does not answer. */
@Readiness
@ApplicationScoped
class ClickHouseReadiness implements HealthCheck {
    private final ClickHouse clickHouse;

    ClickHouseReadiness(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.builder()
                .name("ClickHouse")
                .status(clickHouse.isReachable())
                .build();
    }
}
