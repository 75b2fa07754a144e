package dev.quarry.local;

import dev.quarry.local.gateway.Upstream;
import java.nio.file.Path;

/** The four services. Each serves one family of endpoints. */
enum Service {
    APPS("apps", "Mixpeek apps", "apps-analytics-service", "/v1/apps", Port.APPS, "mixpeek_", "apps:read"),
    METRICS(
            "metrics",
            "MCPeek product metrics",
            "product-metrics-service",
            "/v1/metrics",
            Port.METRICS,
            "mcpeek_",
            "metrics:read"),
    INTEGRATIONS(
            "integrations",
            "Feather integrations",
            "integration-analytics-service",
            "/v1/analytics/integrations",
            Port.INTEGRATIONS,
            "feather_",
            "integrations:read"),
    ORG("org", "MechaMental organisations", "org-analytics-service", "/v1/orgs", Port.ORG, "mecha_", "analytics:read");

    private final String shortName;
    private final String title;
    private final String module;
    private final String route;
    private final Port port;
    private final String keyPrefix;
    private final String permission;

    Service(
            String shortName,
            String title,
            String module,
            String route,
            Port port,
            String keyPrefix,
            String permission) {
        this.shortName = shortName;
        this.title = title;
        this.module = module;
        this.route = route;
        this.port = port;
        this.keyPrefix = keyPrefix;
        this.permission = permission;
    }

    String module() {
        return module;
    }

    Port port() {
        return port;
    }

    /** The prefix of the family's keys, by which people and scanners for leaked keys recognise them. */
    String keyPrefix() {
        return keyPrefix;
    }

    /** The permission that the family's endpoints require. */
    String permission() {
        return permission;
    }

    /** The program that {@code mvn package} builds from the module. */
    Path program(Path project) {
        return project.resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
    }

    Upstream upstream(int portNumber) {
        return new Upstream(shortName, title, route, portNumber);
    }
}
