package dev.quarry.clickhouse;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Without its engine a service can answer nothing, so it asks for no requests. */
@Readiness
@ApplicationScoped
class EngineReadiness implements HealthCheck {
    private final ClickHouse clickHouse;

    EngineReadiness(ClickHouse clickHouse) {
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
