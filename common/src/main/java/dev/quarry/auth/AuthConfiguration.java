package dev.quarry.auth;

import dev.quarry.caller.Mechanism;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** How a service authenticates requests. */
@ConfigMapping(prefix = "quarry.auth")
public interface AuthConfiguration {

    /** Mechanisms that the service accepts. If unset, every request is denied. */
    Optional<Set<Mechanism>> mechanisms();

    /** How long a cached credential is trusted while the service receives revocations; 0..60 s. */
    @WithDefault("10s")
    Duration cacheTime();

    /**
     * How long a credential is trusted after it was last known to be valid, if PostgreSQL does not answer; 0 s to 10 m. A
     * revocation that the service receives ends it at once; one that it cannot receive takes effect after this time.
     */
    @WithDefault("60s")
    Duration grace();

    /** Maximum number of cached credentials. */
    @WithDefault("10000")
    int cacheSize();

    /**
     * How many keys and sessions that do not exist one client address may try in a second; at least 1. After that, its
     * requests with a credential that is not cached get 429 for the rest of the second.
     */
    @WithDefault("100")
    int failedLookups();

    /**
     * Addresses and networks in CIDR notation of the proxies whose {@code X-Forwarded-For} tells the client's address.
     * If unset, whoever connects to the service is the client.
     */
    Optional<Set<String>> trustedProxies();
}
