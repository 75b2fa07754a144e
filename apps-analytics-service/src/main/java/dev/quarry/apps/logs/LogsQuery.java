package dev.quarry.apps.logs;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.clickhouse.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Reads a log from its newest end. Rows come as they were delivered: an entry that was delivered twice may come twice,
 * side by side. Asking the engine for distinct ones would make it read the whole window instead of stopping at the limit.
 */
@ApplicationScoped
class LogsQuery {
    private static final String RUNTIME = """
            SELECT timestamp, event_id, level, substringUTF8(message, 1, 2000), route_path, request_id
            FROM canvas_app_logs
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp <= {before:DateTime64(3, 'UTC')}
              AND (timestamp < {before:DateTime64(3, 'UTC')} OR event_id < {before_id:UUID})
              AND ({level:String} = '' OR level = {level:String})
              AND ({text:String} = '' OR positionCaseInsensitiveUTF8(message, {text:String}) > 0)
            ORDER BY timestamp DESC, event_id DESC
            LIMIT {limit:UInt32}
            """;

    private static final String RUNTIME_PROBLEMS = """
            SELECT timestamp, event_id, level, substringUTF8(message, 1, 2000), route_path, request_id
            FROM canvas_app_problems
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND level = {level:String}
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp <= {before:DateTime64(3, 'UTC')}
              AND (timestamp < {before:DateTime64(3, 'UTC')} OR event_id < {before_id:UUID})
              AND ({text:String} = '' OR positionCaseInsensitiveUTF8(message, {text:String}) > 0)
            ORDER BY timestamp DESC, event_id DESC
            LIMIT {limit:UInt32}
            """;

    private static final String REQUESTS = """
            SELECT timestamp, event_id, method, path, status_code, duration_ms, user_agent, ip
            FROM canvas_request_logs
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp <= {before:DateTime64(3, 'UTC')}
              AND (timestamp < {before:DateTime64(3, 'UTC')} OR event_id < {before_id:UUID})
              AND ({text:String} = '' OR positionCaseInsensitiveUTF8(path, {text:String}) > 0)
            ORDER BY timestamp DESC, event_id DESC
            LIMIT {limit:UInt32}
            """;

    private static final String RUNTIME_REACH = """
            SELECT timestamp
            FROM canvas_app_logs
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp <= {before:DateTime64(3, 'UTC')}
            ORDER BY timestamp DESC
            LIMIT 1 OFFSET {rows:UInt32}
            """;

    private static final String RUNTIME_PROBLEMS_REACH = """
            SELECT timestamp
            FROM canvas_app_problems
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND level = {level:String}
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp <= {before:DateTime64(3, 'UTC')}
            ORDER BY timestamp DESC
            LIMIT 1 OFFSET {rows:UInt32}
            """;

    private static final String REQUESTS_REACH = """
            SELECT timestamp
            FROM canvas_request_logs
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp <= {before:DateTime64(3, 'UTC')}
            ORDER BY timestamp DESC
            LIMIT 1 OFFSET {rows:UInt32}
            """;

    private final ClickHouse clickHouse;

    LogsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** A row of a log. */
    record Found(LogPosition position, LogEntry entry) {

        static Found runtime(Row row) {
            LogPosition position = LogPosition.of(row);
            return new Found(position, LogEntry.RuntimeEntry.of(position, row));
        }

        static Found request(Row row) {
            LogPosition position = LogPosition.of(row);
            return new Found(position, LogEntry.RequestEntry.of(position, row));
        }
    }

    /** The newest rows that lie at or after {@code start} and before {@code before}, newest first. */
    List<Found> fetch(Caller caller, LogFilter filter, Instant start, LogPosition before, int limit) {
        String sql = switch (filter.type()) {
            case RUNTIME -> filter.isForProblems() ? RUNTIME_PROBLEMS : RUNTIME;
            case REQUESTS -> REQUESTS;
        };
        Query query = clickHouse
                .query(caller, sql)
                .bind("app", filter.app())
                .bind("start", start)
                .bind("before", before.timestamp())
                .bind("before_id", before.eventId())
                .bind("level", filter.level())
                .bind("text", filter.text())
                .bind("limit", limit);
        return switch (filter.type()) {
            case RUNTIME -> query.list(Found::runtime);
            case REQUESTS -> query.list(Found::request);
        };
    }

    /** How far back the newest {@code rows} rows before {@code before} go; empty if the window has no more than that. */
    Optional<Instant> reach(Caller caller, LogFilter filter, Instant start, LogPosition before, int rows) {
        String sql = switch (filter.type()) {
            case RUNTIME -> filter.isForProblems() ? RUNTIME_PROBLEMS_REACH : RUNTIME_REACH;
            case REQUESTS -> REQUESTS_REACH;
        };
        return clickHouse
                .query(caller, sql)
                .bind("app", filter.app())
                .bind("level", filter.level())
                .bind("start", start)
                .bind("before", before.timestamp())
                .bind("rows", rows)
                .list(Row::nextInstant)
                .stream()
                .findFirst();
    }
}
