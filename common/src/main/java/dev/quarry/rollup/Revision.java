package dev.quarry.rollup;

import java.time.Duration;

/**
 * The state of an organisation's silver and gold, as this replica knows it. Compare revisions with {@code ==}: every
 * change makes a new one.
 */
public final class Revision {
    private final long heardNanos;

    /** @param heardNanos when this replica heard of the change, by {@link System#nanoTime} */
    Revision(long heardNanos) {
        this.heardNanos = heardNanos;
    }

    /** Whether this replica has known the revision for so long. */
    public boolean isOlderThan(Duration age) {
        return System.nanoTime() - heardNanos >= age.toNanos();
    }
}
