package dev.quarry.comparison;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What an earlier window has at the place of a bucket in the requested window.
 *
 * @param <B> {@link java.time.Instant} if buckets are moments, {@link java.time.LocalDate} if they are days, weeks or
 *     months
 * @param bucket null if the earlier window has fewer buckets
 * @param value null if the earlier bucket's events are no longer kept, or there is no bucket
 * @param change as {@link Change#percent} from {@code value} to the value of the requested window
 */
public record Counterpart<B>(B bucket, Number value, Double change) {

    /**
     * The counterpart of each value of a series. Buckets are paired by their place in the window.
     *
     * @param series the values of all buckets of the requested window, in order
     * @param earlier all buckets of the earlier window, in order
     * @param sparse values of the earlier window; a bucket without one is 0
     * @param known whether the events of an earlier bucket are kept
     */
    public static <B> List<Counterpart<B>> of(
            List<? extends Number> series,
            List<B> earlier,
            Map<B, ? extends Number> sparse,
            Predicate<? super B> known) {
        return IntStream.range(0, series.size())
                .mapToObj(place -> {
                    B bucket = place < earlier.size() ? earlier.get(place) : null;
                    Number value = bucket == null || !known.test(bucket) ? null : valueOf(bucket, sparse);
                    return new Counterpart<>(bucket, value, Change.percent(series.get(place), value));
                })
                .toList();
    }

    private static <B> Number valueOf(B bucket, Map<B, ? extends Number> sparse) {
        Number value = sparse.get(bucket);
        return value == null ? 0 : value;
    }
}
