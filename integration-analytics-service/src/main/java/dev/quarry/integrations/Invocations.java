package dev.quarry.integrations;

import dev.quarry.auth.Caller;
import dev.quarry.retention.DataSince;
import dev.quarry.time.WholeDays;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;

/** Where panels get their numbers from. */
@ApplicationScoped
public class Invocations {
    private final RollupsQuery rollups;
    private final FactsQuery facts;
    private final DataSince since;

    Invocations(RollupsQuery rollups, FactsQuery facts, DataSince since) {
        this.rollups = rollups;
        this.facts = facts;
        this.since = since;
    }

    /** The slice's tallies by these cuts, in one question to the engine. They count only days that are kept as a whole. */
    public Tallies tallies(Caller caller, Slice slice, Set<Cut> cuts) {
        WholeDays known = known(slice);
        List<Tally> tallies = slice.within(known)
                .map(read ->
                        RollupsQuery.serves(read) ? rollups.fetch(caller, read, cuts) : facts.fetch(caller, read, cuts))
                .orElse(List.of());
        return new Tallies(
                slice,
                tallies.stream().filter(tally -> isWhole(tally, slice, known)).toList());
    }

    /** The tallies of the slice before, to compare with. Groups of which not all is kept are not compared with. */
    public Tallies previousTallies(Caller caller, Slice slice, Set<Cut> cuts) {
        Slice previous = slice.previous();
        boolean comparable = cuts.equals(Set.of(Cut.BUCKET))
                || known(slice).contain(previous.window().start());
        return comparable ? tallies(caller, previous, cuts) : new Tallies(previous, List.of());
    }

    private WholeDays known(Slice slice) {
        WholeDays known = since.events(slice.window().zone());
        since.tell(known);
        return known;
    }

    /** Not so the window before the slice, and a first week, if only a part of it is kept. */
    private static boolean isWhole(Tally tally, Slice slice, WholeDays known) {
        return switch (tally.cut()) {
            case PERIOD ->
                !tally.key().equals(Tally.PREVIOUS)
                        || known.contain(slice.previous().window().start());
            case BUCKET -> known.contain(slice.window().start()) || known.contain(tally.bucket());
            case INTEGRATION, MODE, ERROR_CATEGORY -> true;
        };
    }
}
