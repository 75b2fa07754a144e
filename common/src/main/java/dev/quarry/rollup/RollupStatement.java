package dev.quarry.rollup;

import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.clickhouse.ParameterizedStatement;
import dev.quarry.clickhouse.RowMapping;
import java.util.List;
import java.util.Map;

/** A statement of the rollup job. It reads and writes the rows of all tenants. */
public final class RollupStatement extends ParameterizedStatement<RollupStatement> {
    private final RollupClickHouse clickHouse;
    private final Runnable check;
    private Map<String, String> settings = Map.of();

    /** @param check runs before the statement, and throws if the statement must not run */
    RollupStatement(RollupClickHouse clickHouse, Runnable check, @CompileTimeConstant String sql) {
        super(sql);
        this.clickHouse = clickHouse;
        this.check = check;
    }

    /** Binds {@code version}, and the batch's buckets as {@code organizations} and {@code starts}. */
    public RollupStatement bindStarts(Batch batch) {
        return bind("version", batch.version())
                .bindStrings("organizations", batch.organizations())
                .bindInstants("starts", batch.starts());
    }

    /** Binds {@code version}, and the batch's buckets as {@code organizations} and {@code days}. */
    public RollupStatement bindDays(Batch batch) {
        return bind("version", batch.version())
                .bindStrings("organizations", batch.organizations())
                .bindDays("days", batch.days());
    }

    /** Runs on one thread of the engine, so that requests can use the others. */
    RollupStatement onOneThread() {
        settings = Map.of("max_threads", "1");
        return this;
    }

    /**
     * Runs a statement that writes.
     *
     * @throws RollupException if the engine does not execute it, or a rebuild no longer holds its lock
     */
    public void execute() {
        check.run();
        clickHouse.execute(sql, parameters());
    }

    /**
     * Reads rows.
     *
     * @throws RollupException as {@link #execute} does
     */
    public <T> List<T> list(RowMapping<T> mapping) {
        check.run();
        return clickHouse.list(sql, parameters(), settings, mapping);
    }
}
