package dev.quarry.integrations;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The tallies of a slice, all of the same moment of the data. */
public final class Tallies {
    /** Keys are in the order of the engine, which chooses by it which of equally large groups it keeps. */
    private static final Comparator<Tally> BUSIEST_FIRST = Comparator.comparingLong(Tally::invocations)
            .reversed()
            .thenComparing(tally -> tally.key().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private final Slice slice;
    private final List<Found> found;
    private final Map<Cut, List<Tally>> byCut = new EnumMap<>(Cut.class);

    Tallies(Slice slice, List<Found> found) {
        this.slice = slice;
        this.found = List.copyOf(found);
        for (Cut cut : Cut.values()) {
            byCut.put(cut, ofCut(cut).filter(Found::current).map(Found::tally).toList());
        }
    }

    /** A tally for every bucket of the slice, in order, quiet ones too. */
    public List<Tally> buckets() {
        return slice.spine().fill(byCut.get(Cut.BUCKET), Tally::bucket, bucket -> Tally.none(Cut.BUCKET, bucket, ""));
    }

    /** The largest groups that have invocations, the busiest first, equally busy ones by key. */
    public List<Tally> groups(Cut cut) {
        return byCut.get(cut).stream()
                .filter(tally -> tally.invocations() > 0)
                .sorted(BUSIEST_FIRST)
                .toList();
    }

    /** How many groups are left out of these cuts' lists. */
    public long omitted(Collection<Cut> cuts) {
        return cuts.stream()
                .filter(Cut::isGrouped)
                .mapToLong(
                        cut -> ofCut(cut).mapToLong(Found::omitted).findFirst().orElse(0))
                .sum();
    }

    /** The invocations of all groups of a cut, with those that are left out. */
    public long total(Cut cut) {
        return ofCut(cut)
                .filter(Found::current)
                .mapToLong(Found::total)
                .findFirst()
                .orElse(0);
    }

    /** The same groups in the window before, if they were asked for. */
    Tallies groupsBefore() {
        List<Found> before = found.stream()
                .filter(one -> !one.current())
                .map(one -> new Found(one.tally(), true, one.omitted(), one.total()))
                .toList();
        return new Tallies(slice.previous(), before);
    }

    public Tally current() {
        return period(true);
    }

    /** The slice of equal length before this one. */
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
}
