package dev.quarry.request;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Whether each request leaves a line in the log. */
@ConfigMapping(prefix = "quarry.request-log")
public interface RequestLogConfiguration {

    /** One line a request, of category {@code dev.quarry.access}; health checks and scrapes leave none. */
    @WithDefault("false")
    boolean enabled();
}
