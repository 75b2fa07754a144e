package dev.quarry.apps.logs;

import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.clickhouse.Row;

/** A table of log entries, and the statements that read it. */
enum LogTable {
    RUNTIME(
            LogStatements.RUNTIME_FIRST,
            LogStatements.RUNTIME_NEXT,
            LogStatements.RUNTIME_REACH,
            LogStatements.RUNTIME_OLDEST_FIRST,
            LogStatements.RUNTIME_DELIVERIES),
    /** Warnings and errors of the runtime log. A rare level is found as fast as a common one. */
    RUNTIME_PROBLEMS(
            LogStatements.PROBLEMS_FIRST,
            LogStatements.PROBLEMS_NEXT,
            LogStatements.PROBLEMS_REACH,
            LogStatements.PROBLEMS_OLDEST_FIRST,
            LogStatements.PROBLEMS_DELIVERIES),
    REQUESTS(
            LogStatements.REQUESTS_FIRST,
            LogStatements.REQUESTS_NEXT,
            LogStatements.REQUESTS_REACH,
            LogStatements.REQUESTS_OLDEST_FIRST,
            LogStatements.REQUESTS_DELIVERIES);

    @CompileTimeConstant
    private final String first;

    @CompileTimeConstant
    private final String next;

    @CompileTimeConstant
    private final String reach;

    @CompileTimeConstant
    private final String oldestFirst;

    @CompileTimeConstant
    private final String deliveries;

    LogTable(
            @CompileTimeConstant String first,
            @CompileTimeConstant String next,
            @CompileTimeConstant String reach,
            @CompileTimeConstant String oldestFirst,
            @CompileTimeConstant String deliveries) {
        this.first = first;
        this.next = next;
        this.reach = reach;
        this.oldestFirst = oldestFirst;
        this.deliveries = deliveries;
    }

    /** The smallest table that has all entries that match the filter. */
    static LogTable of(LogFilter filter) {
        return switch (filter.type()) {
            case RUNTIME -> filter.isForProblems() ? RUNTIME_PROBLEMS : RUNTIME;
            case REQUESTS -> REQUESTS;
        };
    }

    Found found(Row row) {
        return this == REQUESTS ? Found.request(row) : Found.runtime(row);
    }

    /** Rows from {@code start} on and before the position {@code before}, newest first. Binds the position. */
    Query newestFirst(ClickHouse clickHouse, Caller caller, LogPosition before) {
        Query query = before.isStart()
                ? clickHouse.query(caller, first)
                : clickHouse.query(caller, next).bind("before_id", before.eventId());
        return query.bind("before", before.timestamp());
    }

    /** The timestamp of the row that is {@code rows} rows before {@code before}, whatever the text of the rows. */
    Query reach(ClickHouse clickHouse, Caller caller) {
        return clickHouse.query(caller, reach);
    }

    /**
     * Rows after the position {@code start}, {@code after_id} that count from {@code since} or later and from before
     * {@code until}, oldest first.
     */
    Query oldestFirst(ClickHouse clickHouse, Caller caller) {
        return clickHouse.query(caller, oldestFirst);
    }

    /**
     * For each entry from the position {@code oldest}, {@code oldest_id} to {@code newest}, {@code newest_id} of which any
     * delivery matches the filter and counts from {@code since} or later, the newest delivery: its position, its time of
     * delivery, and whether it matches too.
     */
    Query newestDeliveries(ClickHouse clickHouse, Caller caller) {
        return clickHouse.query(caller, deliveries);
    }
}
