package dev.quarry.metrics;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What an operator may settle about this family. */
@ConfigMapping(prefix = "quarry.metrics")
public interface MetricsConfiguration {

    /**
     * The status of a request with bad parameters: 400, or the 500 that MCPeek's document states for its current
     * implementation, for clients that were written to it.
     */
    @WithDefault("400")
    int validationStatus();
}
