package dev.quarry.refining;

/**
 * Where a {@link Refinement} works: the one way to write to the engine. Only {@link Refiner} makes one, and only while it
 * holds the lock, so that nothing that answers requests can write. It sees every tenant's rows.
 */
public final class Workshop {
    private final RefiningEngine engine;
    private final Lease lease;

    Workshop(RefiningEngine engine, Lease lease) {
        this.engine = engine;
        this.lease = lease;
    }

    /** A statement of fixed text. Before it runs, it is made sure that the lock is still held. */
    public Statement statement(String sql) {
        return new Statement(engine, lease, sql);
    }

    /**
     * Sets {@code count} numbers of a series aside, and returns the first of them. No number of a series is ever handed
     * out twice, whoever asks and whenever it dies; what is not used is lost. A series begins with 1.
     *
     * @param atLeast a number known to be in use already, or 0: numbers start above it, even if PostgreSQL has forgotten
     */
    public long reserve(String series, long count, long atLeast) {
        return lease.reserve(series, count, atLeast);
    }
}
