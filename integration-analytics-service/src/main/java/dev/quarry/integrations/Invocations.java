package dev.quarry.integrations;

import dev.quarry.auth.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/** Where panels get their numbers from. */
@ApplicationScoped
public class Invocations {
    private final FactsQuery facts;

    Invocations(FactsQuery facts) {
        this.facts = facts;
    }

    /** The slice's tallies by these cuts, in one question to the engine. */
    public Tallies tallies(Caller caller, Slice slice, Set<Cut> cuts) {
        return new Tallies(slice, facts.fetch(caller, slice, cuts));
    }
}
