package dev.quarry.integrations;

import dev.quarry.auth.Caller;
import dev.quarry.http.LargeAnswers;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/** Where panels get their numbers from. */
@ApplicationScoped
public class Invocations {
    private final RollupsQuery rollups;
    private final FactsQuery facts;
    private final LargeAnswers largeAnswers;

    Invocations(RollupsQuery rollups, FactsQuery facts, LargeAnswers largeAnswers) {
        this.rollups = rollups;
        this.facts = facts;
        this.largeAnswers = largeAnswers;
    }

    /** The slice's tallies by these cuts, in one question to the engine. */
    public Tallies tallies(Caller caller, Slice slice, Set<Cut> cuts) {
        if (slice.isLarge() && cuts.contains(Cut.BUCKET)) {
            largeAnswers.await();
        }
        return fetch(caller, slice, cuts);
    }

    /** The same of the window before. It is a part of the same answer, so that its turn has come already. */
    Tallies previous(Caller caller, Slice slice, Set<Cut> cuts) {
        return fetch(caller, slice.previous(), cuts);
    }

    private Tallies fetch(Caller caller, Slice slice, Set<Cut> cuts) {
        return RollupsQuery.serves(slice) ? rollups.fetch(caller, slice, cuts) : facts.fetch(caller, slice, cuts);
    }
}
