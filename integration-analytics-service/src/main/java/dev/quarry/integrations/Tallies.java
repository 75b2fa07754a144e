package dev.quarry.integrations;

import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The tallies of a slice, all of the same moment of the data. */
public final class Tallies {
    private static final Comparator<Tally> BUSIEST_FIRST =
            Comparator.comparingLong(Tally::invocations).reversed().thenComparing(Tally::key);

    private final Slice slice;
    private final Map<Cut, List<Tally>> byCut = new EnumMap<>(Cut.class);

    Tallies(Slice slice, List<Tally> tallies) {
        this.slice = slice;
        for (Cut cut : Cut.values()) {
            byCut.put(cut, tallies.stream().filter(tally -> tally.cut() == cut).toList());
        }
    }

    /** A tally for every bucket of the slice, in order, quiet ones too. */
    public List<Tally> buckets() {
        return slice.spine().fill(byCut.get(Cut.BUCKET), Tally::bucket, bucket -> Tally.none(Cut.BUCKET, bucket, ""));
    }

    /** Groups that have invocations, the busiest first, equally busy ones by key. */
    public List<Tally> groups(Cut cut) {
        return byCut.get(cut).stream()
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
        return byCut.get(Cut.PERIOD).stream()
                .filter(tally -> tally.key().equals(key))
                .findFirst()
                .orElseGet(() -> Tally.none(Cut.PERIOD, Instant.EPOCH, key));
    }
}
