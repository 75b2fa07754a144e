package dev.quarry.integrations;

import java.time.Instant;
import java.util.Set;

/**
 * Which tallies of a slice a request wants.
 *
 * @param limit how many groups of a cut, the largest, at least 1
 * @param compared whether each group is wanted beside itself in the window before
 */
record Wanted(Slice slice, Set<Cut> cuts, int limit, boolean compared) {

    /** Where groups begin to count. */
    Instant groupsFrom() {
        return compared ? slice.window().previous().start() : slice.window().start();
    }

    /** Where reading begins: {@link Cut#PERIOD} always looks at the window before too. */
    Instant readFrom() {
        return cuts.contains(Cut.PERIOD) ? slice.window().previous().start() : groupsFrom();
    }
}
