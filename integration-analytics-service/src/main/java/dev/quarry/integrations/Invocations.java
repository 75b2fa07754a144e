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

    /** The slice's tallies by these cuts, in one question to the engine. */
    public Tallies tallies(Caller caller, Slice slice, Set<Cut> cuts) {
        List<Tally> tallies =
                RollupsQuery.serves(slice) ? rollups.fetch(caller, slice, cuts) : facts.fetch(caller, slice, cuts);
        return new Tallies(slice, tallies);
    }
}
