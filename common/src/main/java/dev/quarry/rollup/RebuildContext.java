package dev.quarry.rollup;

import com.google.errorprone.annotations.CompileTimeConstant;

/**
 * Runs the statements of a {@link RollupDefinition}: the only way to write to the engine. Only {@link RollupJob} makes
 * one, and only while it holds the lock, so no code that answers requests can write.
 */
public final class RebuildContext {
    private final RollupClickHouse clickHouse;
    private final AdvisoryLock lock;

    RebuildContext(RollupClickHouse clickHouse, AdvisoryLock lock) {
        this.clickHouse = clickHouse;
        this.lock = lock;
    }

    /**
     * The shard whose rows the statements read and write; 0 if one job rebuilds all shards together. A rollup is called
     * for several shards at the same time, so what it remembers must be of one shard.
     */
    public int shard() {
        return lock.shard();
    }

    /** Makes a statement that runs only if the lock is still held. */
    public RollupStatement statement(@CompileTimeConstant String sql) {
        return new RollupStatement(clickHouse, lock::confirm, sql);
    }

    /**
     * Reserves {@code count} numbers of a series, and returns the first of them. No two calls get the same number, on
     * any replica; unused numbers are lost. A series begins with 1.
     *
     * @param atLeast a number known to be in use already, or 0: numbers start above it, even if PostgreSQL was restored
     */
    public long reserve(String series, long count, long atLeast) {
        return lock.reserve(series, count, atLeast);
    }
}
