package dev.quarry.clickhouse;

import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.caller.Caller;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A read on behalf of a caller.
 *
 * <p>Every method that reads throws {@link FailureException} if it gets no answer. Its {@link Failure} tells whether
 * the engine was unreachable, too slow or overloaded, or the query exceeded a limit.
 */
public final class Query extends ParameterizedStatement<Query> {
    /**
     * Settings that a query may choose. {@link ClickHouse} sets all others. On a server, the settings profile of {@code
     * quarry_reader} must allow the same.
     */
    private static final Set<String> CHOSEN = Set.of(
            "do_not_merge_across_partitions_select_final",
            "enable_shared_storage_snapshot_in_query",
            "max_block_size",
            "max_result_bytes",
            "max_threads");

    private final ClickHouse clickHouse;
    private final String organization;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private int weight = 1;

    Query(ClickHouse clickHouse, Caller caller, @CompileTimeConstant String sql) {
        super(sql);
        this.clickHouse = clickHouse;
        this.organization = caller.organization();
        bind("organization", organization);
    }

    /**
     * Sets an engine setting that decides how the query is executed, such as {@code max_threads}. A SETTINGS clause in
     * the SQL is refused, because it could lift the tenant filter or a limit.
     *
     * @throws IllegalArgumentException if a query may not choose the setting, or has set it already
     */
    public Query setting(String name, String value) {
        if (!mayChoose(name) || settings.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("A query may not set " + name);
        }
        return this;
    }

    /** Runs on one thread of the engine: a table of gold is so small that more threads cost more than they save. */
    public Query onOneThread() {
        return setting("max_threads", "1");
    }

    /** Lowers the limit of the answer's bytes. Texts may have any length, and the service holds the answer in memory. */
    public Query mostBytes(long bytes) {
        return setting("max_result_bytes", Long.toString(bytes));
    }

    /**
     * What the read costs the engine, compared with a read of a few rows of gold; 1 by default. It counts for the
     * organisation's fair share.
     */
    public Query weight(int cost) {
        weight = cost;
        return this;
    }

    public <T> List<T> list(RowMapping<T> mapping) {
        return clickHouse.read(sql, parameters(), settings, organization, weight, answer -> Row.list(answer, mapping));
    }

    /**
     * Passes each row to a collector, for answers that need less memory in another form than a list. If the answer
     * breaks off, the next attempt gets a new collector.
     */
    public <C extends Consumer<Row>> C collect(Supplier<C> collector) {
        return clickHouse.read(sql, parameters(), settings, organization, weight, answer -> {
            C fresh = collector.get();
            Row.forEach(answer, fresh);
            return fresh;
        });
    }

    /** Reads the answer of a query that always has one row, such as an aggregate without GROUP BY. */
    public <T> T one(RowMapping<T> mapping) {
        List<T> rows = list(mapping);
        if (rows.size() != 1) {
            throw new IllegalStateException("Expected one row, not " + rows.size());
        }
        return rows.getFirst();
    }

    static boolean mayChoose(String setting) {
        return CHOSEN.contains(setting);
    }
}
