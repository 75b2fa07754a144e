package dev.quarry.time;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * All buckets of a window, in order. A query returns only buckets with events; the spine adds the others as zeros.
 *
 * @param <B> {@link java.time.Instant} if buckets are moments, {@link java.time.LocalDate} if they are days, weeks or
 *     months
 */
public record Spine<B>(List<B> buckets) {
    public Spine {
        buckets = List.copyOf(buckets);
    }

    /**
     * The index of a bucket, from 0.
     *
     * @throws IllegalStateException if the spine does not have the bucket
     */
    public static <B extends Comparable<? super B>> int place(Spine<B> spine, B bucket) {
        int place = Collections.binarySearch(spine.buckets, bucket);
        if (place < 0) {
            throw new IllegalStateException("Outside the window's buckets: " + bucket);
        }
        return place;
    }

    /**
     * The values in the spine's order. If a bucket has no value, {@code zero} makes one from the bucket.
     *
     * @throws IllegalStateException if a value lies in no bucket of the spine, or two lie in one: the SQL and the spine
     *     then define buckets differently, and an answer without a value would be wrong
     */
    public <V> List<V> fill(Collection<? extends V> sparse, Function<V, B> bucketOf, Function<B, V> zero) {
        Map<B, V> byBucket = HashMap.newHashMap(sparse.size());
        for (V value : sparse) {
            if (byBucket.put(bucketOf.apply(value), value) != null) {
                throw new IllegalStateException("Two values for the bucket " + bucketOf.apply(value));
            }
        }
        List<V> dense = buckets.stream()
                .map(bucket -> {
                    V value = byBucket.remove(bucket);
                    return value == null ? zero.apply(bucket) : value;
                })
                .toList();
        if (!byBucket.isEmpty()) {
            throw new IllegalStateException("Values outside the window's buckets: " + byBucket.keySet());
        }
        return dense;
    }
}
