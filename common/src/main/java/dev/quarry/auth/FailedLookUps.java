package dev.quarry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Counts the look-ups of each client address that found no credential, so that somebody who tries thousands of keys a
 * second does not keep PostgreSQL busy. Cached credentials need no look-up, so they are not affected.
 */
@ApplicationScoped
class FailedLookUps {
    static final Duration WINDOW = Duration.ofSeconds(1);

    private static final int MOST_ADDRESSES = 100_000;

    private final int limit;
    private final Clock clock;
    private final Counter refused;
    private final Cache<String, Failed> failed =
            Caffeine.newBuilder().maximumSize(MOST_ADDRESSES).build();

    /** How often it failed since the first failure of a window. */
    private record Failed(Instant begin, int times) {
        boolean isOver(Instant now) {
            return !now.isBefore(begin.plus(WINDOW)) || now.isBefore(begin);
        }
    }

    FailedLookUps(AuthConfiguration configuration, Clock clock, MeterRegistry meters) {
        this.limit = configuration.failedLookups();
        this.clock = clock;
        this.refused = meters.counter("quarry.credential.lookups", "result", "refused");
    }

    /** Whether an address may look up a credential: it has failed less often than the limit in this window. */
    boolean mayLookUp(String address) {
        Failed known = failed.getIfPresent(address);
        if (known == null || known.times() < limit || known.isOver(clock.instant())) {
            return true;
        }
        refused.increment();
        return false;
    }

    void failed(String address) {
        Instant now = clock.instant();
        failed.asMap()
                .merge(
                        address,
                        new Failed(now, 1),
                        (before, first) -> before.isOver(now) ? first : new Failed(before.begin(), before.times() + 1));
    }
}
