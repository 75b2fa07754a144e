package dev.quarry.ratelimit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalInt;

/** How many requests a key or session may make. */
@ConfigMapping(prefix = "quarry.rate-limit")
public interface RateLimitConfiguration {

    /** Requests in a window, at least 1. Unset, nobody is limited. */
    OptionalInt requests();

    /** How long a window lasts from its first request on; whole seconds. */
    @WithDefault("60s")
    Duration window();

    /** How long PostgreSQL may take to count a request before this replica counts it alone. */
    @WithDefault("500ms")
    Duration storeTimeout();
}
