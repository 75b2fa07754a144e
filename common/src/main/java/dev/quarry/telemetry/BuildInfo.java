package dev.quarry.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.quarkus.runtime.ImageMode;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Which build runs, so that a change of the numbers can be compared with a rollout. */
final class BuildInfo {
    private BuildInfo() {}

    /** The value is always 1; the labels have the version, and {@code native} or {@code jvm}. */
    @Produces
    @Singleton
    static MeterBinder buildInfo(@ConfigProperty(name = "quarkus.application.version") String version) {
        return registry -> Gauge.builder("quarry.build.info", () -> 1)
                .tag("version", version)
                .tag("packaging", ImageMode.current() == ImageMode.JVM ? "jvm" : "native")
                .register(registry);
    }
}
