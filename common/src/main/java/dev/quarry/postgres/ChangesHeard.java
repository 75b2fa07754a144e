package dev.quarry.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether what was read from PostgreSQL may be reused, because notifications of its changes arrive. A {@link
 * NotificationListener} tells this object what it hears.
 */
public final class ChangesHeard {
    /** A change that was committed longer ago has arrived, or else nothing may be reused. */
    private static final Duration LATEST = Duration.ofMillis(700);

    private final AtomicLong count = new AtomicLong();
    private volatile boolean connected;
    /** In nanoseconds of {@link System#nanoTime}. */
    private volatile long heardUntil;

    /** Counts as a change too: changes may have been missed while the connection was lost. */
    public void connected(boolean isConnected) {
        connected = isConnected;
        count.incrementAndGet();
    }

    /** Every change before this moment of {@link System#nanoTime} has arrived. */
    public void heard(long nanos) {
        heardUntil = nanos;
    }

    public void changed() {
        count.incrementAndGet();
    }

    /**
     * A count that rises whenever something has changed, or may have changed while the listener was disconnected. What
     * was read before it rose may be out of date.
     */
    public long count() {
        return count.get();
    }

    /**
     * Caches what was read at the count {@code before}, unless a change has been heard since. That change may concern this
     * value, and was heard too early to remove what is cached now.
     */
    public <K, V> void cache(Cache<K, V> cache, K key, V value, long before) {
        cache.put(key, value);
        if (count.get() != before) {
            cache.invalidate(key);
        }
    }

    public boolean isConnected() {
        return connected;
    }

    /** Whether each change arrives within 700 milliseconds. */
    public boolean isTrusted() {
        return connected && System.nanoTime() - heardUntil < LATEST.toNanos();
    }
}
