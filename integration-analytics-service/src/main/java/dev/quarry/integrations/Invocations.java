package dev.quarry.integrations;

import dev.quarry.caller.Caller;
import dev.quarry.comparison.CompareParameter;
import dev.quarry.largeanswers.LargeAnswers;
import dev.quarry.retention.DataSince;
import dev.quarry.time.WholeDays;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/** Reads the numbers of panels. They count only days that are kept as a whole. */
@ApplicationScoped
public class Invocations {
    private final RollupsQuery rollups;
    private final FactsQuery facts;
    private final LargeAnswers largeAnswers;
    private final DataSince since;

    Invocations(RollupsQuery rollups, FactsQuery facts, LargeAnswers largeAnswers, DataSince since) {
        this.rollups = rollups;
        this.facts = facts;
        this.largeAnswers = largeAnswers;
        this.since = since;
    }

    /**
     * The slice's tallies by these cuts, in one query.
     *
     * @param limit maximum number of groups of a cut, the largest
     */
    public Tallies tallies(Caller caller, InvocationSlice slice, Set<Cut> cuts, int limit) {
        if (slice.isLarge() && cuts.contains(Cut.BUCKET)) {
            largeAnswers.await(slice.weight());
        }
        return fetch(caller, new Wanted(slice, cuts, limit, false), known(slice));
    }

    /** The buckets of the window to compare with. They belong to an answer that has waited for its turn already. */
    Tallies bucketsBefore(Caller caller, InvocationSlice slice, CompareParameter comparison) {
        return fetch(caller, new Wanted(slice.bucketsBefore(comparison), Set.of(Cut.BUCKET), 1, false), known(slice));
    }

    /**
     * The slice's groups by this cut, and the same groups in the window to compare with, in one query. There is no
     * comparison if that window is not kept as a whole.
     */
    Tallies comparedGroups(Caller caller, InvocationSlice slice, Cut cut, int limit) {
        WholeDays known = known(slice);
        return fetch(caller, new Wanted(slice, Set.of(cut), limit, slice.isComparable(known)), known);
    }

    private Tallies fetch(Caller caller, Wanted wanted, WholeDays known) {
        InvocationSlice slice = wanted.slice();
        return slice.within(known)
                .map(read -> new Wanted(read, wanted.cuts(), wanted.limit(), wanted.compared()))
                .map(read -> RollupsQuery.serves(read.slice())
                        ? rollups.fetch(caller, read, () -> new Tallies(slice, known))
                        : facts.fetch(caller, read, () -> new Tallies(slice, known)))
                .orElseGet(() -> new Tallies(slice, known));
    }

    private WholeDays known(InvocationSlice slice) {
        WholeDays known = since.events(slice.window().zone());
        since.tell(known);
        return known;
    }
}
