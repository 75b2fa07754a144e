package dev.quarry.apps.logs;

import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.clickhouse.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the entries of a log are, and the SQL that reads them. A statement is put together from constants; a condition that
 * a filter does not need is not in it, because the engine takes longer to plan the few rows of a page than to read them.
 */
enum LogTable {
    RUNTIME(
            "canvas_app_logs",
            "timestamp, event_id, severity, substringUTF8(message, 1, 2000), route_path, request_id",
            "message"),
    /** Warnings and errors of the runtime log, in whose order a rare level is found as fast as a common one. */
    RUNTIME_PROBLEMS("canvas_app_problems", RUNTIME.columns, RUNTIME.searched),
    REQUESTS(
            "canvas_request_logs",
            "timestamp, event_id, method, path, toUInt16(status_code), duration_ms, user_agent, ip",
            "path");

    /** The last column of every statement. */
    private static final String DELIVERED = ", toUnixTimestamp64Nano(delivered)";

    private static final String OLDEST = "timestamp >= {oldest:DateTime64(3, 'UTC')}";
    private static final String NEWEST = "timestamp <= {newest:DateTime64(3, 'UTC')}";

    private final String table;
    private final String columns;
    private final String searched;

    LogTable(String table, String columns, String searched) {
        this.table = table;
        this.columns = columns;
        this.searched = searched;
    }

    /** The smallest table that has all that the filter lets through. */
    static LogTable of(LogFilter filter) {
        return switch (filter.type()) {
            case RUNTIME -> filter.isForProblems() ? RUNTIME_PROBLEMS : RUNTIME;
            case REQUESTS -> REQUESTS;
        };
    }

    Found found(Row row) {
        return this == REQUESTS ? Found.request(row) : Found.runtime(row);
    }

    /** Rows from {@code start} on that lie before the position {@code before}, {@code before_id}, newest first. */
    String newestFirst(LogFilter filter, LogPosition before) {
        List<String> conditions = conditions(filter);
        if (before.isStart()) {
            conditions.add("timestamp < {before:DateTime64(3, 'UTC')}");
        } else {
            conditions.add("timestamp <= {before:DateTime64(3, 'UTC')}");
            conditions.add("(timestamp < {before:DateTime64(3, 'UTC')} OR event_id < {before_id:UUID})");
        }
        return select(columns + DELIVERED, conditions) + """
                ORDER BY timestamp DESC, event_id DESC, delivered DESC
                LIMIT {limit:UInt32}
                """;
    }

    /** The moment of the row that has {@code rows} rows between it and {@code before}, whatever they say. */
    String reach(LogFilter filter) {
        List<String> conditions = conditions(filter.withoutText());
        conditions.add("timestamp <= {before:DateTime64(3, 'UTC')}");
        return select("timestamp", conditions) + """
                ORDER BY timestamp DESC
                LIMIT 1 OFFSET {rows:UInt32}
                """;
    }

    /** Rows after the position {@code start}, {@code after_id} and before {@code end}, oldest first. */
    String oldestFirst(LogFilter filter) {
        List<String> conditions = conditions(filter);
        conditions.add("timestamp < {end:DateTime64(3, 'UTC')}");
        conditions.add("(timestamp > {start:DateTime64(3, 'UTC')} OR event_id > {after_id:UUID})");
        return select(columns + DELIVERED, conditions) + """
                ORDER BY timestamp, event_id, delivered DESC
                LIMIT {limit:UInt32}
                """;
    }

    /**
     * The newest delivery of each entry from {@code oldest} to {@code newest} with any delivery that passes the filter:
     * its position, its time of delivery, and whether it passes too.
     */
    String newestDeliveries(LogFilter filter) {
        List<String> passing = conditions(filter, OLDEST);
        passing.add(NEWEST);
        List<String> all = conditions(filter.withoutLevel().withoutText(), OLDEST);
        all.add(NEWEST);
        all.add("(timestamp, event_id) IN (\n" + select("timestamp, event_id", passing) + ")");
        return "SELECT timestamp, event_id, toUnixTimestamp64Nano(max(delivered)), argMax(%s, delivered)\nFROM %s"
                        .formatted(String.join(" AND ", content(filter)), complete().table)
                + "\nWHERE " + String.join("\n  AND ", all) + "\nGROUP BY timestamp, event_id";
    }

    /** The table that has every delivery of an entry. */
    private LogTable complete() {
        return this == RUNTIME_PROBLEMS ? RUNTIME : this;
    }

    private List<String> conditions(LogFilter filter) {
        return conditions(filter, "timestamp >= {start:DateTime64(3, 'UTC')}");
    }

    private List<String> conditions(LogFilter filter, String begin) {
        List<String> conditions = new ArrayList<>();
        conditions.add("organization_id = {organization:String}");
        conditions.add("app_id = {app:String}");
        conditions.add(begin);
        conditions.addAll(content(filter));
        return conditions;
    }

    /** Conditions on what an entry says. */
    private List<String> content(LogFilter filter) {
        List<String> conditions = new ArrayList<>();
        if (this != REQUESTS && !filter.level().isEmpty()) {
            conditions.add("severity = {level:String}");
        }
        if (!filter.text().isEmpty()) {
            conditions.add("positionCaseInsensitiveUTF8(" + searched + ", {text:String}) > 0");
        }
        return conditions;
    }

    private String select(String what, List<String> conditions) {
        return """
                SELECT %s
                FROM %s
                WHERE %s
                """.formatted(what, table, String.join("\n  AND ", conditions));
    }
}
