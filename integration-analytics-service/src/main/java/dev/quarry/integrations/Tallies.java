package dev.quarry.integrations;

import dev.quarry.clickhouse.Row;
import dev.quarry.time.WholeDays;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The tallies of a slice, all of the same moment of the data, collected from the columns that {@link FactsQuery} and
 * {@link RollupsQuery} select.
 */
public final class Tallies implements Consumer<Row> {
    private static final Comparator<Tally> BUSIEST_FIRST =
            Comparator.comparingLong(Tally::invocations).reversed().thenComparing(Tally::key, Tally.BY_KEY);

    private final InvocationSlice slice;
    private final WholeDays known;
    private final List<Found> found = new ArrayList<>();
    /** Null until first used. */
    private Series series;

    /** @param known the days whose events are all kept; earlier days do not count */
    Tallies(InvocationSlice slice, WholeDays known) {
        this.slice = slice;
        this.known = known;
    }

    /** Reads a row of {@link Found#FIRST}. */
    @Override
    public void accept(Row row) {
        Cut cut = Cut.named(row.nextString());
        Instant bucket = Instant.ofEpochSecond(row.nextLong());
        String key = row.nextString();
        Found one = Found.of(Tally.of(cut, bucket, key, row), row);
        if (cut == Cut.BUCKET) {
            addBucket(one.tally());
        } else {
            add(one);
        }
    }

    void addBucket(Tally bucket) {
        if (isWhole(bucket.bucket())) {
            series().add(bucket);
        }
    }

    void add(Found one) {
        if (one.tally().cut() != Cut.PERIOD || one.current() || slice.isComparable(known)) {
            found.add(one);
        }
    }

    /** A first week that is kept only in part is not whole. */
    private boolean isWhole(Instant bucket) {
        return known.contain(slice.window().start()) || known.contain(bucket);
    }

    /**
     * A row for every bucket of the slice, in order, empty buckets included. Each row is made on access and not kept.
     */
    public <R> List<R> buckets(Function<Tally, R> row) {
        return series().rows(row);
    }

    /** Whether the invocations of the bucket at this place are all kept. */
    boolean isKept(int place) {
        return isWhole(series().bucket(place));
    }

    /** The largest groups that have invocations, the busiest first, equally busy ones by key. */
    public List<Tally> groups(Cut cut) {
        return ofCut(cut)
                .filter(Found::current)
                .map(Found::tally)
                .filter(tally -> tally.invocations() > 0)
                .sorted(BUSIEST_FIRST)
                .toList();
    }

    /** How many groups the lists of these cuts leave out. */
    public long omitted(Collection<Cut> cuts) {
        return cuts.stream()
                .filter(Cut::isGrouped)
                .mapToLong(
                        cut -> ofCut(cut).mapToLong(Found::omitted).findFirst().orElse(0))
                .sum();
    }

    /** The invocations of all groups of a cut, omitted groups included. */
    public long total(Cut cut) {
        return ofCut(cut)
                .filter(Found::current)
                .mapToLong(Found::total)
                .findFirst()
                .orElse(0);
    }

    /** The same groups in the earlier window, if they were requested. */
    Tallies groupsBefore() {
        Tallies before = new Tallies(slice.counterpart(), known);
        found.stream()
                .filter(one -> !one.current())
                .map(one -> new Found(one.tally(), true, one.omitted(), one.total()))
                .forEach(before.found::add);
        return before;
    }

    public Tally current() {
        return period(true);
    }

    /** The slice in the earlier window. */
    public Tally previous() {
        return period(false);
    }

    private Tally period(boolean current) {
        return ofCut(Cut.PERIOD)
                .filter(one -> one.current() == current)
                .map(Found::tally)
                .findFirst()
                .orElseGet(() -> Tally.none(Cut.PERIOD, Instant.EPOCH, ""));
    }

    private Stream<Found> ofCut(Cut cut) {
        return found.stream().filter(one -> one.tally().cut() == cut);
    }

    private Series series() {
        if (series == null) {
            series = new Series(slice.spine());
        }
        return series;
    }
}
