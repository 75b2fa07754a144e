package dev.quarry.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.postgres.Postgres;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Limits the requests of each key in a window. PostgreSQL counts them for all replicas together. A replica that gets many
 * requests of a key takes a share of several requests at once, and counts these without PostgreSQL. Shares shrink as the
 * rest of the window does, so more requests than the limit never pass, and the last ones are counted one by one. A replica
 * returns what it has not used of a share within a second. A window begins with a key's first request after the previous
 * window ended. While PostgreSQL is unreachable or slow, each replica counts for itself; a share that arrives late is added
 * nevertheless.
 *
 * <p>Answers have {@code RateLimit} and {@code RateLimit-Policy} (draft-ietf-httpapi-ratelimit-headers). The remaining
 * number leaves out what other replicas have taken and not used.
 */
@ApplicationScoped
@Startup
public class RateLimit {
    private static final Logger LOG = Logger.getLogger(RateLimit.class);
    private static final String COUNTED = RateLimit.class.getName();
    private static final int MOST_KEYS = 100_000;
    private static final Duration RETURN_EVERY = Duration.ofMillis(250);
    /** How long a replica trusts that a key is over its limit: another replica may have returned a share by then. */
    private static final Duration REFUSED_FOR = Duration.ofSeconds(1);
    /** Seconds that the service waits at its stop to return shares. */
    private static final long STOP_SECONDS = 2;

    /**
     * Takes at most $4 requests, and at most a sixteenth of what is left of the window; one if that is less than one;
     * none if none is left. Only PostgreSQL's clock decides, and {@code now()} is the same moment throughout the
     * statement. A window that begins more than its length ahead is over: the clock has gone back.
     */
    private static final String TAKE = """
            INSERT INTO rate_limits AS counted (key, window_start, used, share)
            SELECT $1, now(), first, first FROM (SELECT least($4::int, greatest(1, $3::int / 16)) AS first) AS shares
            ON CONFLICT (key) DO UPDATE SET (window_start, used, share) =
            (
                SELECT start, before + taken, taken
                FROM (SELECT $2::bigint * interval '1 millisecond' AS length) AS one_window,
                LATERAL
                (
                    SELECT counted.window_start <= now() - length OR counted.window_start > now() + length AS is_over
                ) AS window_before,
                LATERAL
                (
                    SELECT
                        CASE WHEN is_over THEN now() ELSE counted.window_start END AS start,
                        CASE WHEN is_over THEN 0 ELSE counted.used END AS before
                ) AS window_now,
                LATERAL
                (
                    SELECT greatest(0, $3 - before) AS remaining
                ) AS rest,
                LATERAL
                (
                    SELECT least($4, greatest(least(remaining, 1), remaining / 16)) AS taken
                ) AS shares
            )
            RETURNING used, share, window_start, (extract(epoch FROM window_start - now()) * 1000)::bigint + $2
            """;

    /** Locks the keys in order, because replicas return shares of the same keys at the same time. */
    private static final String RETURN = """
            WITH
              returned AS
              (
                SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::int[]) AS each(key, window_start, unused)
              ),
              locked AS MATERIALIZED
              (
                SELECT key FROM rate_limits WHERE key = ANY ($1::text[]) ORDER BY key FOR UPDATE
              )
            UPDATE rate_limits AS counted SET used = greatest(0, counted.used - unused)
            FROM returned JOIN locked USING (key)
            WHERE counted.key = returned.key AND counted.window_start = returned.window_start
            RETURNING 1
            """;

    /** A key's requests so far, including this one, and the end of its window by this replica's clock. */
    record Count(int used, Instant end) {}

    private final OptionalInt limit;
    private final Duration window;
    private final String policy;
    private final Duration storeTimeout;
    private final Postgres postgres;
    private final Clock clock;
    private final Counter admitted;
    private final Counter over;
    private final Counter alone;
    private final Cache<String, Share> shares =
            Caffeine.newBuilder().maximumSize(MOST_KEYS).build();
    /** Keys that were over their limit, and until when that is trusted. */
    private final Cache<String, Refusal> refused =
            Caffeine.newBuilder().maximumSize(MOST_KEYS).build();
    /** Requests counted without PostgreSQL. */
    private final Cache<String, Count> ownCounts =
            Caffeine.newBuilder().maximumSize(MOST_KEYS).build();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("rate-limit").daemon().factory());

    private record Refusal(Count count, Instant from, Instant until) {
        /** False too if the clock has gone back. */
        boolean isTrusted(Instant now) {
            return !now.isBefore(from) && now.isBefore(until);
        }
    }

    RateLimit(RateLimitConfiguration configuration, Postgres postgres, Clock clock, MeterRegistry meters) {
        this.limit = configuration.requests();
        this.window = configuration.window();
        this.policy = "\"default\";q=%d;w=%d".formatted(limit.orElse(0), window.toSeconds());
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
        if (limit.isPresent()) {
            long millis = RETURN_EVERY.toMillis();
            var _ = timer.scheduleWithFixedDelay(
                    () -> returnUnused(Share.LONGEST_UNUSED), millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Returns all unused shares. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (limit.isPresent()) {
            timer.execute(() -> returnUnused(Duration.ZERO));
        }
        timer.shutdown();
        if (!timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            timer.shutdownNow();
        }
    }

    /** Counts a request once, even if it is called several times for it. Fails with {@link Failure.TooManyRequests}. */
    public Uni<Void> admit(String key, RoutingContext context) {
        if (limit.isEmpty() || context.get(COUNTED) != null) {
            return Uni.createFrom().voidItem();
        }
        context.put(COUNTED, key);
        Refusal known = refused.getIfPresent(key);
        if (known != null && known.isTrusted(clock.instant())) {
            return decide(known.count(), context);
        }
        return count(key).flatMap(count -> {
            if (count.used() > limit.getAsInt()) {
                Instant now = clock.instant();
                Instant until = now.plus(REFUSED_FOR);
                refused.put(key, new Refusal(count, now, until.isBefore(count.end()) ? until : count.end()));
            }
            return decide(count, context);
        });
    }

    private Uni<Void> decide(Count count, RoutingContext context) {
        long seconds = Math.max(
                1, Math.ceilDiv(Duration.between(clock.instant(), count.end()).toMillis(), 1_000));
        int remaining = Math.max(0, limit.getAsInt() - count.used());
        context.response()
                .putHeader("RateLimit-Policy", policy)
                .putHeader("RateLimit", "\"default\";r=" + remaining + ";t=" + seconds);
        if (count.used() <= limit.getAsInt()) {
            admitted.increment();
            return Uni.createFrom().voidItem();
        }
        over.increment();
        return Uni.createFrom().failure(new FailureException(new Failure.TooManyRequests(Duration.ofSeconds(seconds))));
    }

    /** Counts a request; {@link Count#used} is more than the limit if it must be refused. */
    Uni<Count> count(String key) {
        return Uni.createFrom().deferred(() -> {
            Share share = shares.get(key, unknown -> new Share(System::nanoTime));
            Optional<Count> own = share.use(clock.instant());
            return own.isPresent() ? Uni.createFrom().item(own.get()) : take(key, share);
        });
    }

    /**
     * Takes a share for a request, which waits for it up to {@link #storeTimeout}. The share is added whenever PostgreSQL
     * answers, even if the request was counted alone by then. So the timeout does not cancel the statement.
     */
    private Uni<Count> take(String key, Share share) {
        Instant asked = clock.instant();
        Uni<Count> counted = postgres.writeUni(
                        TAKE, row -> taken(row, asked), key, window.toMillis(), limit.getAsInt(), share.wish())
                .map(taken -> share.add(taken.getFirst(), limit.getAsInt()));
        return Uni.createFrom()
                .<Count>emitter(request -> {
                    var _ = counted.subscribe().with(request::complete, request::fail);
                })
                .ifNoItem()
                .after(storeTimeout)
                .fail()
                .onFailure()
                .recoverWithItem(away -> countAlone(key, away));
    }

    /**
     * Reads the answer to a question that was asked at this moment. The window's end is never later than PostgreSQL's,
     * however long the answer took.
     */
    private static Share.Taken taken(Row row, Instant asked) {
        return new Share.Taken(
                row.getInteger(0), row.getInteger(1), row.getOffsetDateTime(2), asked.plusMillis(row.getLong(3)));
    }

    /** Returns what is left of shares that were taken at least so long ago. */
    void returnUnused(Duration age) {
        List<String> keys = new ArrayList<>();
        List<OffsetDateTime> windows = new ArrayList<>();
        List<Integer> unused = new ArrayList<>();
        shares.asMap()
                .forEach((key, share) -> share.giveUp(age).ifPresent(rest -> {
                    keys.add(key);
                    windows.add(rest.windowStart());
                    unused.add(rest.unused());
                }));
        if (keys.isEmpty()) {
            return;
        }
        try {
            postgres.writeUni(
                            RETURN,
                            row -> row.getInteger(0),
                            keys.toArray(String[]::new),
                            windows.toArray(OffsetDateTime[]::new),
                            unused.toArray(Integer[]::new))
                    .await()
                    .atMost(storeTimeout);
        } catch (RuntimeException away) {
            LOG.debug("Cannot return unused shares: they count as used until their windows end", away);
        }
    }

    /** Whether the window with this end is over. True too if the clock has gone back by more than a window. */
    private boolean isOver(Instant end, Instant now) {
        return !now.isBefore(end) || end.isAfter(now.plus(window.multipliedBy(2)));
    }

    private Count countAlone(String key, Throwable away) {
        LOG.debug("Counting requests without PostgreSQL", away);
        alone.increment();
        Instant now = clock.instant();
        return ownCounts
                .asMap()
                .compute(
                        key,
                        (same, before) -> before == null || isOver(before.end(), now)
                                ? new Count(1, now.plus(window))
                                : new Count(Math.min(before.used(), limit.getAsInt()) + 1, before.end()));
    }
}
