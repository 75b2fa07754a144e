package dev.quarry.rollup;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Buckets that could not be rebuilt while others could. Each is retried after a pause that doubles with every failure.
 * Only this replica remembers them; another replica finds them by itself.
 */
final class SetAside {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final int MOST_DOUBLINGS = 20;

    private record Failures(int count, Instant next) {}

    private final Clock clock;
    private final Duration pause;
    private final Map<Bucket, Failures> buckets = new ConcurrentHashMap<>();

    SetAside(Clock clock, Duration pause) {
        this.clock = clock;
        this.pause = pause;
    }

    /** A rest that is longer than any pause means that the clock has gone back: then the bucket does not wait. */
    boolean mustWait(Bucket bucket) {
        Failures failures = buckets.get(bucket);
        if (failures == null) {
            return false;
        }
        Duration rest = Duration.between(clock.instant(), failures.next());
        return rest.isPositive() && rest.compareTo(LONGEST_PAUSE) <= 0;
    }

    /** Returns the pause until the next attempt. */
    Duration add(Bucket bucket) {
        int count = 1 + (buckets.containsKey(bucket) ? buckets.get(bucket).count() : 0);
        Duration doubled = pause.multipliedBy(1L << Math.min(count - 1, MOST_DOUBLINGS));
        Duration next = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
        buckets.put(bucket, new Failures(count, clock.instant().plus(next)));
        return next;
    }

    void rebuilt(Collection<Bucket> rebuilt) {
        rebuilt.forEach(buckets::remove);
    }

    /** Forgets all buckets that are not dirty: another replica has rebuilt them. */
    void retain(Set<Bucket> dirty) {
        buckets.keySet().retainAll(dirty);
    }

    int size() {
        return buckets.size();
    }
}
