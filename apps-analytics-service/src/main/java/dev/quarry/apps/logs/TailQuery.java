package dev.quarry.apps.logs;

import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;

/** Reads a log onwards from a position, oldest first. As in {@link LogsQuery}, a redelivered entry may come twice. */
@ApplicationScoped
class TailQuery {
    private static final String RUNTIME = """
            SELECT timestamp, event_id, level, substringUTF8(message, 1, 2000), route_path, request_id
            FROM canvas_app_logs
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND timestamp >= {after:DateTime64(3, 'UTC')}
              AND timestamp < {end:DateTime64(3, 'UTC')}
              AND (timestamp > {after:DateTime64(3, 'UTC')} OR event_id > {after_id:UUID})
              AND ({level:String} = '' OR level = {level:String})
              AND ({text:String} = '' OR positionCaseInsensitiveUTF8(message, {text:String}) > 0)
            ORDER BY timestamp, event_id
            LIMIT {limit:UInt32}
            """;

    private static final String RUNTIME_PROBLEMS = """
            SELECT timestamp, event_id, level, substringUTF8(message, 1, 2000), route_path, request_id
            FROM canvas_app_problems
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND level = {level:String}
              AND timestamp >= {after:DateTime64(3, 'UTC')}
              AND timestamp < {end:DateTime64(3, 'UTC')}
              AND (timestamp > {after:DateTime64(3, 'UTC')} OR event_id > {after_id:UUID})
              AND ({text:String} = '' OR positionCaseInsensitiveUTF8(message, {text:String}) > 0)
            ORDER BY timestamp, event_id
            LIMIT {limit:UInt32}
            """;

    private static final String REQUESTS = """
            SELECT timestamp, event_id, method, path, status_code, duration_ms, user_agent, ip
            FROM canvas_request_logs
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND timestamp >= {after:DateTime64(3, 'UTC')}
              AND timestamp < {end:DateTime64(3, 'UTC')}
              AND (timestamp > {after:DateTime64(3, 'UTC')} OR event_id > {after_id:UUID})
              AND ({text:String} = '' OR positionCaseInsensitiveUTF8(path, {text:String}) > 0)
            ORDER BY timestamp, event_id
            LIMIT {limit:UInt32}
            """;

    private final ClickHouse clickHouse;

    TailQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** The oldest rows after {@code after} and before {@code end}. */
    List<Found> fetch(Caller caller, LogFilter filter, LogPosition after, Instant end, int limit) {
        String sql = switch (filter.type()) {
            case RUNTIME -> filter.isForProblems() ? RUNTIME_PROBLEMS : RUNTIME;
            case REQUESTS -> REQUESTS;
        };
        Query query = clickHouse
                .query(caller, sql)
                .bind("app", filter.app())
                .bind("level", filter.level())
                .bind("text", filter.text())
                .bind("after", after.timestamp())
                .bind("after_id", after.eventId())
                .bind("end", end)
                .bind("limit", limit);
        return switch (filter.type()) {
            case RUNTIME -> query.list(Found::runtime);
            case REQUESTS -> query.list(Found::request);
        };
    }
}
