package dev.quarry.comparison;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What an earlier window has at the place of a bucket in the requested window.
 *
 * @param <B> {@link java.time.Instant} if buckets are moments, {@link java.time.LocalDate} if they are days, weeks or
 *     months
 * @param bucket null if the earlier window has fewer buckets
 * @param value null if the earlier bucket's events are no longer kept, or there is no bucket
 * @param change in percent of {@code value}, to the value of the requested window; null if there is no such number
 */
public record Counterpart<B, V>(B bucket, V value, Double change) {

    /**
     * The counterpart of each number of a series, with the change of {@link Change#percent}. Buckets are paired by their
     * place in the window.
     *
     * @param series the values of all buckets of the requested window, in order
     * @param earlier all buckets of the earlier window, in order
     * @param sparse values of the earlier window; a bucket without one is 0
     * @param known whether the events of an earlier bucket are kept
     */
    public static <B> List<Counterpart<B, Number>> of(
            List<? extends Number> series,
            List<B> earlier,
            Map<B, ? extends Number> sparse,
            Predicate<? super B> known) {
        return of(series, earlier, bucket -> valueOf(bucket, sparse), known, Change::percent);
    }

    /**
     * As {@link #of(List, List, Map, Predicate)}, for values that are no numbers.
     *
     * @param value the value of an earlier bucket
     * @param change from an earlier value, the second argument, to that of the requested window
     */
    public static <B, C, V> List<Counterpart<B, V>> of(
            List<C> series,
            List<B> earlier,
            Function<B, V> value,
            Predicate<? super B> known,
            BiFunction<? super C, V, Double> change) {
        return IntStream.range(0, series.size())
                .mapToObj(place -> {
                    B bucket = place < earlier.size() ? earlier.get(place) : null;
                    if (bucket == null || !known.test(bucket)) {
                        return new Counterpart<B, V>(bucket, null, null);
                    }
                    V before = value.apply(bucket);
                    return new Counterpart<>(bucket, before, change.apply(series.get(place), before));
                })
                .toList();
    }

    private static <B> Number valueOf(B bucket, Map<B, ? extends Number> sparse) {
        Number value = sparse.get(bucket);
        return value == null ? 0 : value;
    }
}
