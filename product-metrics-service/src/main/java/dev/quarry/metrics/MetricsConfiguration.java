package dev.quarry.metrics;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The settings of this family. */
@ConfigMapping(prefix = "quarry.metrics")
public interface MetricsConfiguration {

    /**
     * The status of a response to bad parameters: 400, or the 500 that MCPeek's document states for its current
     * implementation, for clients that rely on it.
     */
    @WithDefault("400")
    int validationStatus();
}
