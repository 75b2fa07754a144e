package dev.quarry.rollup;

/**
 * Where a {@link RollupDefinition} works: the one way to write to the engine. Only {@link RollupJob} makes one, and only while it
 * holds the lock, so that nothing that answers requests can write. It sees every tenant's rows.
 */
public final class RebuildContext {
    private final RollupEngine engine;
    private final AdvisoryLock lock;

    RebuildContext(RollupEngine engine, AdvisoryLock lock) {
        this.engine = engine;
        this.lock = lock;
    }

    /** A statement of fixed text. Before it runs, it is made sure that the lock is still held. */
    public RollupStatement statement(String sql) {
        return new RollupStatement(engine, lock, sql);
    }

    /**
     * Sets {@code count} numbers of a series aside, and returns the first of them. No number of a series is ever handed
     * out twice, whoever asks and whenever it dies; what is not used is lost. A series begins with 1.
     *
     * @param atLeast a number known to be in use already, or 0: numbers start above it, even if PostgreSQL has forgotten
     */
    public long reserve(String series, long count, long atLeast) {
        return lock.reserve(series, count, atLeast);
    }
}
