package dev.quarry.integrations;

import java.time.Instant;
import java.util.Set;

/**
 * The tallies of a slice that a request needs.
 *
 * @param limit maximum number of groups of a cut, the largest; at least 1
 * @param compared whether each group is compared with the window before
 */
record Wanted(InvocationSlice slice, Set<Cut> cuts, int limit, boolean compared) {

    /** Start of the time that groups count. */
    Instant groupsFrom() {
        return compared ? slice.window().previous().start() : slice.window().start();
    }

    /** Start of the time to read: {@link Cut#PERIOD} always reads the window before too. */
    Instant readFrom() {
        return cuts.contains(Cut.PERIOD) ? slice.window().previous().start() : groupsFrom();
    }
}
