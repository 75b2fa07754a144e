package dev.quarry.integrations;

import dev.quarry.time.Spine;
import java.time.Instant;
import java.util.AbstractList;
import java.util.BitSet;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * The tallies of a slice's buckets, as numbers in one array: ten thousand tallies take 0.7 MB; a list of rows for each
 * panel would take ten times as much. A panel's row is made when it is written.
 */
final class Series {
    /** The numbers of a tally, in its order. */
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
     * Adds a bucket.
     *
     * @throws IllegalStateException if the spine does not have the bucket, or the bucket came twice: the SQL and the
     *     spine then disagree about the buckets
     */
    void add(Tally tally) {
        int place = Spine.place(spine, tally.bucket());
        if (seen.get(place)) {
            throw new IllegalStateException("Two values for the bucket " + tally.bucket());
        }
        seen.set(place);
        int at = place * NUMBERS;
        numbers[at] = tally.successful();
        numbers[at + 1] = tally.vendorErrors();
        numbers[at + 2] = tally.exceptions();
        numbers[at + 3] = tally.latencySum();
        numbers[at + 4] = tally.latencyMax();
        numbers[at + 5] = tally.p50();
        numbers[at + 6] = tally.p90();
        numbers[at + 7] = tally.p95();
        numbers[at + 8] = tally.p99();
    }

    /** The start of the bucket at this place. */
    Instant bucket(int place) {
        return spine.buckets().get(place);
    }

    /** A row for every bucket, in order, empty buckets included; each row is made on access. */
    <R> List<R> rows(Function<Tally, R> row) {
        return list(spine.buckets().size(), place -> row.apply(tally(place)));
    }

    /** A list that makes its elements on access. */
    static <R> List<R> list(int size, IntFunction<R> element) {
        return new Made<>(size, element);
    }

    private Tally tally(int place) {
        int at = place * NUMBERS;
        return new Tally(
                Cut.BUCKET,
                bucket(place),
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
