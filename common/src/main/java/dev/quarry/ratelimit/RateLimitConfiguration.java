package dev.quarry.ratelimit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalInt;

/** How many requests a key or session may make. */
@ConfigMapping(prefix = "quarry.rate-limit")
public interface RateLimitConfiguration {

    /** Maximum number of requests in a window, at least 1. If empty, there is no limit. */
    @WithDefault("60000")
    OptionalInt requests();

    /** Length of a window, counted from its first request; whole seconds. */
    @WithDefault("60s")
    Duration window();

    /** How long PostgreSQL may take to count a request. After that, this replica counts the request by itself. */
    @WithDefault("500ms")
    Duration storeTimeout();
}
