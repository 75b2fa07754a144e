package dev.quarry.integrations;

import dev.quarry.time.Window;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The tallies of a slice that a request needs.
 *
 * @param limit maximum number of groups of a cut, the largest; at least 1
 * @param compared whether each group is compared with the earlier window
 */
record Wanted(InvocationSlice slice, Set<Cut> cuts, int limit, boolean compared) {

    /** Start of the time that groups count. */
    Instant groupsFrom() {
        return compared ? slice.earlier().orElseThrow().start() : slice.window().start();
    }

    /** Start of the time to read. */
    Instant readFrom() {
        return earlier().map(Window::start).orElse(slice.window().start());
    }

    /** Whether time to skip lies between the two windows. */
    boolean hasGap() {
        return earlierEnd().isBefore(slice.window().start());
    }

    /** End of the earlier time to read. Nothing between it and the window's start is read. */
    Instant earlierEnd() {
        return earlier().map(Window::end).orElse(slice.window().start());
    }

    /** {@link Cut#PERIOD} always reads the earlier window too. */
    private Optional<Window> earlier() {
        return compared || cuts.contains(Cut.PERIOD) ? slice.earlier() : Optional.empty();
    }
}
