package dev.quarry.ratelimit;

import dev.quarry.ratelimit.RateLimit.Count;
import dev.quarry.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** What this replica has taken of a key's window and not used yet. */
final class Share {
    /** A replica returns what is left of a share that it took longer ago. */
    static final Duration LONGEST_UNUSED = Duration.ofMillis(500);

    private static final int LARGEST = 64;
    /** If a share lasts a shorter time, the next one is twice as large. */
    private static final Duration SHORT = LONGEST_UNUSED;

    private OffsetDateTime windowStart = OffsetDateTime.MIN;
    private Instant windowEnd = Instant.MIN;
    /** The requests of all replicas in the window, this share included, when it was taken. */
    private int used;
    /** The requests of this replica in the window. */
    private int own;

    private int left;
    private int wish = 1;
    private long takenNanos;
    private final Ticker ticker;

    Share(Ticker ticker) {
        this.ticker = ticker;
        this.takenNanos = ticker.nanos() - SHORT.toNanos();
    }

    /**
     * The answer of PostgreSQL.
     *
     * @param used requests of all replicas in the window, this share included
     * @param share number of requests that this replica may make; 0 if none is left
     */
    record Taken(int used, int share, OffsetDateTime windowStart, Instant windowEnd) {}

    /** A share that is returned. */
    record Rest(OffsetDateTime windowStart, int unused) {}

    /** Uses one request of the share; empty if nothing is left, or its window has ended. */
    synchronized Optional<Count> use(Instant now) {
        if (left == 0 || !now.isBefore(windowEnd)) {
            return Optional.empty();
        }
        left--;
        return Optional.of(next());
    }

    /** How many requests to take next. */
    synchronized int wish() {
        long now = ticker.nanos();
        wish = now - takenNanos < SHORT.toNanos() ? Math.min(2 * wish, LARGEST) : 1;
        takenNanos = now;
        return wish;
    }

    /**
     * Adds a share, and uses one request of it. An answer of an earlier window, which came late, does not replace what is
     * left of this one.
     */
    synchronized Count add(Taken taken, int limit) {
        if (taken.share() == 0) {
            return new Count(limit + 1, taken.windowEnd());
        }
        if (!taken.windowStart().equals(windowStart)) {
            if (left > 0 && taken.windowEnd().isBefore(windowEnd)) {
                return new Count(taken.used() - taken.share() + 1, taken.windowEnd());
            }
            left = 0;
            own = 0;
        }
        windowStart = taken.windowStart();
        windowEnd = taken.windowEnd();
        used = taken.used();
        left += taken.share() - 1;
        return next();
    }

    /**
     * Counts the next request. If PostgreSQL's answers to two requests overtook each other, {@code used} leaves out a
     * share that {@code left} includes.
     */
    private Count next() {
        own++;
        return new Count(Math.max(own, used - left), windowEnd);
    }

    /** Gives up what is left, if the last share was taken at least so long ago. */
    synchronized Optional<Rest> giveUp(Duration age) {
        if (left == 0 || ticker.nanos() - takenNanos < age.toNanos()) {
            return Optional.empty();
        }
        var rest = new Rest(windowStart, left);
        used -= left;
        left = 0;
        return Optional.of(rest);
    }
}
