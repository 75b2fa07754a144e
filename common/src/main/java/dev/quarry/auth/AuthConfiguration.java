package dev.quarry.auth;

import dev.quarry.caller.Mechanism;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** How a service lets callers in. */
@ConfigMapping(prefix = "quarry.auth")
public interface AuthConfiguration {

    /** The mechanisms that this service takes. Unset denies every request. */
    Optional<Set<Mechanism>> mechanisms();

    /** How long a credential that was looked up is trusted while revocations are being heard of; 0..60 s. */
    @WithDefault("10s")
    Duration cacheTime();

    /** How many credentials are remembered at most. */
    @WithDefault("10000")
    int cacheSize();
}
