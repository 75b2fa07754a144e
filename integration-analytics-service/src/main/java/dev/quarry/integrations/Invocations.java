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

    /**
     * The slice's tallies by these cuts, in one question to the engine. They count only days that are kept as a whole.
     *
     * @param limit how many groups of a cut, the largest
     */
    public Tallies tallies(Caller caller, Slice slice, Set<Cut> cuts, int limit) {
        return tallies(caller, new Wanted(slice, cuts, limit, false), known(slice));
    }

    /**
     * The slice's groups by this cut, and the same groups in the window before, in one question to the engine. A window before
     * of which not all is kept is not compared with.
     */
    Tallies comparedGroups(Caller caller, Slice slice, Cut cut, int limit) {
        WholeDays known = known(slice);
        boolean comparable = known.contain(slice.previous().window().start());
        return tallies(caller, new Wanted(slice, Set.of(cut), limit, comparable), known);
    }

    private Tallies tallies(Caller caller, Wanted wanted, WholeDays known) {
        Slice slice = wanted.slice();
        List<Found> found = slice.within(known)
                .map(read -> new Wanted(read, wanted.cuts(), wanted.limit(), wanted.compared()))
                .map(read ->
                        RollupsQuery.serves(read.slice()) ? rollups.fetch(caller, read) : facts.fetch(caller, read))
                .orElse(List.of());
        return new Tallies(
                slice, found.stream().filter(one -> isWhole(one, slice, known)).toList());
    }

    private WholeDays known(Slice slice) {
        WholeDays known = since.events(slice.window().zone());
        since.tell(known);
        return known;
    }

    /** The window before the slice is not, and a first week is not, if only a part of it is kept. */
    private static boolean isWhole(Found found, Slice slice, WholeDays known) {
        return switch (found.tally().cut()) {
            case PERIOD ->
                found.current() || known.contain(slice.previous().window().start());
            case BUCKET ->
                known.contain(slice.window().start()) || known.contain(found.tally().bucket());
            case INTEGRATION, MODE, ERROR_CATEGORY -> true;
        };
    }
}
