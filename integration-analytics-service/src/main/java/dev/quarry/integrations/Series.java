package dev.quarry.integrations;

import dev.quarry.clickhouse.Row;
import dev.quarry.time.Spine;
import java.time.Instant;
import java.util.AbstractList;
import java.util.BitSet;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * The tallies of a slice's buckets, as numbers in one array: ten thousand of them take 0.7 MB, where a list of rows for each
 * panel takes ten times as much. A panel's row is made when it is written.
 */
final class Series {
    /** From the second column on, in the order of the columns that the queries select. */
    private static final int NUMBERS = 9;

    private final Spine<Instant> spine;
    private final long[] numbers;
    private final BitSet seen;

    Series(Spine<Instant> spine) {
        this.spine = spine;
        this.numbers = new long[spine.buckets().size() * NUMBERS];
        this.seen = new BitSet(spine.buckets().size());
    }

    /**
     * Reads the columns that follow the bucket and the key.
     *
     * @throws IllegalStateException if the spine does not have the bucket, or the bucket has come before: then the SQL and
     *     the spine disagree on what a bucket is
     */
    void add(Instant bucket, Row row) {
        int place = Spine.place(spine, bucket);
        if (seen.get(place)) {
            throw new IllegalStateException("Two values for the bucket " + bucket);
        }
        seen.set(place);
        for (int number = 0; number < NUMBERS; number++) {
            numbers[place * NUMBERS + number] = row.nextLong();
        }
    }

    /** A row for every bucket, in order, quiet ones too, made whenever it is asked for. */
    <R> List<R> rows(Function<Tally, R> row) {
        return list(spine.buckets().size(), place -> row.apply(tally(place)));
    }

    /** Whose elements are made whenever they are asked for. */
    static <R> List<R> list(int size, IntFunction<R> element) {
        return new Made<>(size, element);
    }

    private Tally tally(int place) {
        int at = place * NUMBERS;
        return new Tally(
                Cut.BUCKET,
                spine.buckets().get(place),
                "",
                numbers[at],
                numbers[at + 1],
                numbers[at + 2],
                numbers[at + 3],
                numbers[at + 4],
                numbers[at + 5],
                numbers[at + 6],
                numbers[at + 7],
                numbers[at + 8]);
    }

    private static final class Made<R> extends AbstractList<R> implements RandomAccess {
        private final int size;
        private final IntFunction<R> element;

        Made(int size, IntFunction<R> element) {
            this.size = size;
            this.element = element;
        }

        @Override
        public R get(int index) {
            return element.apply(index);
        }

        @Override
        public int size() {
            return size;
        }
    }
}
