package dev.quarry.request;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Whether the service logs each request. */
@ConfigMapping(prefix = "quarry.request-log")
public interface RequestLogConfiguration {

    /**
     * Logs one line per request, with category {@code dev.quarry.access}, except for health checks and scrapes of
     * metrics.
     */
    @WithDefault("false")
    boolean enabled();
}
