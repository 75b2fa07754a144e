package dev.quarry.integrations;

import dev.quarry.auth.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;

/** Where panels get their numbers from. */
@ApplicationScoped
public class Invocations {
    private final RollupsQuery rollups;
    private final FactsQuery facts;

    Invocations(RollupsQuery rollups, FactsQuery facts) {
        this.rollups = rollups;
        this.facts = facts;
    }

    /**
     * The slice's tallies by these cuts, in one question to the engine.
     *
     * @param limit how many groups of a cut, the largest
     */
    public Tallies tallies(Caller caller, Slice slice, Set<Cut> cuts, int limit) {
        return tallies(caller, new Wanted(slice, cuts, limit, false));
    }

    /** The slice's groups by this cut, and the same groups in the window before, in one question to the engine. */
    Tallies comparedGroups(Caller caller, Slice slice, Cut cut, int limit) {
        return tallies(caller, new Wanted(slice, Set.of(cut), limit, true));
    }

    private Tallies tallies(Caller caller, Wanted wanted) {
        List<Found> found =
                RollupsQuery.serves(wanted.slice()) ? rollups.fetch(caller, wanted) : facts.fetch(caller, wanted);
        return new Tallies(wanted.slice(), found);
    }
}
