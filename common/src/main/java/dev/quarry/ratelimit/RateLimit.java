package dev.quarry.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.postgres.Postgres;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.jboss.logging.Logger;

/**
 * Limits the requests of each key in a window. PostgreSQL counts them for all replicas together: one upsert per
 * request, and none for a key that is known to be over its limit. A window begins with a key's first request after the
 * previous window ended. While PostgreSQL is unreachable, each replica counts for itself.
 *
 * <p>Answers have {@code RateLimit} and {@code RateLimit-Policy} (draft-ietf-httpapi-ratelimit-headers).
 */
@ApplicationScoped
@Startup
public class RateLimit {
    private static final Logger LOG = Logger.getLogger(RateLimit.class);
    private static final String COUNTED = RateLimit.class.getName();
    private static final int MOST_KEYS = 100_000;

    /** Only PostgreSQL's clock decides, and {@code now()} is the same moment throughout the statement. */
    private static final String COUNT = """
            INSERT INTO rate_limits AS counted (key, window_start, used) VALUES ($1, now(), 1)
            ON CONFLICT (key) DO UPDATE SET
                used = CASE
                    WHEN counted.window_start <= now() - $2::bigint * interval '1 millisecond' THEN 1
                    ELSE least(counted.used, $3) + 1
                END,
                window_start = CASE
                    WHEN counted.window_start <= now() - $2::bigint * interval '1 millisecond' THEN now()
                    ELSE counted.window_start
                END
            RETURNING used, (extract(epoch FROM window_start - now()) * 1000)::bigint + $2::bigint
            """;

    /** A key's requests so far, including this one, and the end of its window by this replica's clock. */
    record Count(int used, Instant end) {}

    private final OptionalInt limit;
    private final Duration window;
    private final Duration storeTimeout;
    private final Postgres postgres;
    private final Clock clock;
    private final Counter admitted;
    private final Counter over;
    private final Counter alone;
    /** Keys that are over their limit. */
    private final Cache<String, Count> refused =
            Caffeine.newBuilder().maximumSize(MOST_KEYS).build();
    /** Requests counted without PostgreSQL. */
    private final Cache<String, Count> ownCounts =
            Caffeine.newBuilder().maximumSize(MOST_KEYS).build();

    RateLimit(RateLimitConfiguration configuration, Postgres postgres, Clock clock, MeterRegistry meters) {
        this.limit = configuration.requests();
        this.window = configuration.window();
        this.storeTimeout = configuration.storeTimeout();
        this.postgres = postgres;
        this.clock = clock;
        this.admitted = meters.counter("quarry.rate.limit.requests", "decision", "admitted");
        this.over = meters.counter("quarry.rate.limit.requests", "decision", "refused");
        this.alone = meters.counter("quarry.rate.limit.alone");
        if (limit.isPresent() && limit.getAsInt() < 1) {
            throw new IllegalArgumentException("quarry.rate-limit.requests is less than 1");
        }
        if (window.toSeconds() < 1) {
            throw new IllegalArgumentException("quarry.rate-limit.window is less than a second");
        }
    }

    /** Counts a request once, even if it is called several times for it. Fails with {@link Failure.TooManyRequests}. */
    public Uni<Void> admit(String key, RoutingContext context) {
        if (limit.isEmpty() || context.get(COUNTED) != null) {
            return Uni.createFrom().voidItem();
        }
        context.put(COUNTED, key);
        Count known = refused.getIfPresent(key);
        if (known != null && clock.instant().isBefore(known.end())) {
            return decide(key, known, context);
        }
        return count(key).flatMap(count -> decide(key, count, context));
    }

    private Uni<Void> decide(String key, Count count, RoutingContext context) {
        long seconds = Math.max(
                1, Math.ceilDiv(Duration.between(clock.instant(), count.end()).toMillis(), 1_000));
        int remaining = Math.max(0, limit.getAsInt() - count.used());
        context.response()
                .putHeader("RateLimit-Policy", "\"default\";q=%d;w=%d".formatted(limit.getAsInt(), window.toSeconds()))
                .putHeader("RateLimit", "\"default\";r=%d;t=%d".formatted(remaining, seconds));
        if (count.used() <= limit.getAsInt()) {
            admitted.increment();
            return Uni.createFrom().voidItem();
        }
        over.increment();
        refused.put(key, count);
        return Uni.createFrom().failure(new FailureException(new Failure.TooManyRequests(Duration.ofSeconds(seconds))));
    }

    Uni<Count> count(String key) {
        return postgres.writeUni(COUNT, this::counted, key, window.toMillis(), limit.getAsInt())
                .ifNoItem()
                .after(storeTimeout)
                .fail()
                .map(List::getFirst)
                .onFailure()
                .recoverWithItem(away -> countAlone(key, away));
    }

    private Count counted(Row row) {
        return new Count(row.getInteger(0), clock.instant().plusMillis(row.getLong(1)));
    }

    private Count countAlone(String key, Throwable away) {
        LOG.debug("Counting requests without PostgreSQL", away);
        alone.increment();
        Instant now = clock.instant();
        return ownCounts
                .asMap()
                .compute(
                        key,
                        (same, before) -> before == null || !now.isBefore(before.end())
                                ? new Count(1, now.plus(window))
                                : new Count(Math.min(before.used(), limit.getAsInt()) + 1, before.end()));
    }
}
