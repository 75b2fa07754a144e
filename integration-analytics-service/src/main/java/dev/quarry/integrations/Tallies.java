package dev.quarry.integrations;

import dev.quarry.clickhouse.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** The tallies of a slice, all of the same moment of the data, in the columns that {@link FactsQuery} and {@link RollupsQuery} select. */
public final class Tallies implements Consumer<Row> {
    private static final Comparator<Tally> BUSIEST_FIRST =
            Comparator.comparingLong(Tally::invocations).reversed().thenComparing(Tally::key);

    private final Slice slice;
    private final Map<Cut, List<Tally>> byCut = new EnumMap<>(Cut.class);
    /** Null until it is needed. */
    private Series series;

    Tallies(Slice slice) {
        this.slice = slice;
    }

    @Override
    public void accept(Row row) {
        Cut cut = Cut.named(row.nextString());
        Instant bucket = Instant.ofEpochSecond(row.nextLong());
        String key = row.nextString();
        if (cut == Cut.BUCKET) {
            series().add(bucket, row);
        } else {
            byCut.computeIfAbsent(cut, _ -> new ArrayList<>()).add(Tally.of(cut, bucket, key, row));
        }
    }

    /** A row for every bucket of the slice, in order, quiet ones too. It is made whenever it is asked for, and not kept. */
    public <R> List<R> buckets(Function<Tally, R> row) {
        return series().rows(row);
    }

    /** Groups that have invocations, the busiest first, equally busy ones by key. */
    public List<Tally> groups(Cut cut) {
        return of(cut).stream()
                .filter(tally -> tally.invocations() > 0)
                .sorted(BUSIEST_FIRST)
                .toList();
    }

    public Tally current() {
        return period(Tally.CURRENT);
    }

    /** The slice of equal length before this one. */
    public Tally previous() {
        return period(Tally.PREVIOUS);
    }

    private Tally period(String key) {
        return of(Cut.PERIOD).stream()
                .filter(tally -> tally.key().equals(key))
                .findFirst()
                .orElseGet(() -> Tally.none(Cut.PERIOD, Instant.EPOCH, key));
    }

    private List<Tally> of(Cut cut) {
        return byCut.getOrDefault(cut, List.of());
    }

    private Series series() {
        if (series == null) {
            series = new Series(slice.spine());
        }
        return series;
    }
}
