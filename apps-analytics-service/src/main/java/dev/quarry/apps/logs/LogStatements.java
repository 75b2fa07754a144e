package dev.quarry.apps.logs;

/**
 * The SQL of {@link LogTable}. An empty {@code level} or {@code text} matches every entry; the engine drops such a
 * condition while it plans the query. Texts in bronze may have any length: they are cut, so that one of several megabytes
 * does not fill the memory.
 */
final class LogStatements {
    private static final String RUNTIME_COLUMNS = """
            SELECT
                timestamp, event_id, severity, substringUTF8(message, 1, 2000),
                substringUTF8(route_path, 1, 8000), substringUTF8(request_id, 1, 8000),
                toUnixTimestamp64Nano(delivered)
            """;

    private static final String REQUEST_COLUMNS = """
            SELECT
                timestamp, event_id, substringUTF8(method, 1, 8000), substringUTF8(path, 1, 8000), toUInt16(status_code),
                duration_ms, substringUTF8(user_agent, 1, 8000), substringUTF8(ip, 1, 8000),
                toUnixTimestamp64Nano(delivered)
            """;

    private static final String OF_APP = """
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
            """;

    private static final String RUNTIME = "FROM canvas_app_logs\n" + OF_APP;
    private static final String PROBLEMS = "FROM canvas_app_problems\n" + OF_APP;
    private static final String REQUESTS = "FROM canvas_request_logs\n" + OF_APP;

    private static final String OF_ANY_LEVEL = "  AND ({level:String} = '' OR severity = {level:String})\n";
    /** The table of warnings and errors is sorted by level. */
    private static final String OF_LEVEL = "  AND severity = {level:String}\n";

    private static final String WITH_TEXT = """
              AND ({text:String} = '' OR positionCaseInsensitiveUTF8(message, {text:String}) > 0)
            """;
    private static final String WITH_TEXT_IN_PATH = """
              AND ({text:String} = '' OR positionCaseInsensitiveUTF8(path, {text:String}) > 0)
            """;

    private static final String FIRST = """
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp < {before:DateTime64(3, 'UTC')}
            ORDER BY timestamp DESC, event_id DESC, delivered DESC
            LIMIT {limit:UInt32}
            """;

    private static final String NEXT = """
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp <= {before:DateTime64(3, 'UTC')}
              AND (timestamp < {before:DateTime64(3, 'UTC')} OR event_id < {before_id:UUID})
            ORDER BY timestamp DESC, event_id DESC, delivered DESC
            LIMIT {limit:UInt32}
            """;

    private static final String REACH = """
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp < {until:DateTime64(3, 'UTC')}
            ORDER BY timestamp DESC
            LIMIT 1 OFFSET {rows:UInt32}
            """;

    /** {@link TailCursor} says from when an entry counts. */
    private static final String SINCE = """
              AND (delivered >= {since:DateTime64(3, 'UTC')} OR timestamp >= {since:DateTime64(3, 'UTC')})
            """;

    private static final String OLDEST_FIRST = """
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp < {until:DateTime64(3, 'UTC')}
              AND (timestamp > {start:DateTime64(3, 'UTC')} OR event_id > {after_id:UUID})
              AND delivered < {until:DateTime64(3, 'UTC')}
            """ + SINCE + """
            ORDER BY timestamp, event_id, delivered DESC
            LIMIT {limit:UInt32}
            """;

    private static final String NEWEST_DELIVERY = """
            SELECT
                timestamp, event_id, toUnixTimestamp64Nano(max(delivered)),
                argMax(
                    ({level:String} = '' OR severity = {level:String})
                      AND ({text:String} = '' OR positionCaseInsensitiveUTF8(message, {text:String}) > 0),
                    delivered)
            """;
    private static final String NEWEST_REQUEST_DELIVERY = """
            SELECT
                timestamp, event_id, toUnixTimestamp64Nano(max(delivered)),
                argMax({text:String} = '' OR positionCaseInsensitiveUTF8(path, {text:String}) > 0, delivered)
            """;
    private static final String BETWEEN = """
              AND timestamp >= {oldest:DateTime64(3, 'UTC')}
              AND timestamp <= {newest:DateTime64(3, 'UTC')}
              AND (timestamp > {oldest:DateTime64(3, 'UTC')} OR event_id >= {oldest_id:UUID})
              AND (timestamp < {newest:DateTime64(3, 'UTC')} OR event_id <= {newest_id:UUID})
            """;
    private static final String AMONG = BETWEEN + "  AND (timestamp, event_id) IN (SELECT timestamp, event_id\n";
    private static final String FOUND = BETWEEN + SINCE;
    private static final String EACH = ")\nGROUP BY timestamp, event_id\n";

    static final String RUNTIME_FIRST = RUNTIME_COLUMNS + RUNTIME + OF_ANY_LEVEL + WITH_TEXT + FIRST;
    static final String RUNTIME_NEXT = RUNTIME_COLUMNS + RUNTIME + OF_ANY_LEVEL + WITH_TEXT + NEXT;
    static final String RUNTIME_REACH = "SELECT timestamp\n" + RUNTIME + OF_ANY_LEVEL + REACH;
    static final String RUNTIME_OLDEST_FIRST = RUNTIME_COLUMNS + RUNTIME + OF_ANY_LEVEL + WITH_TEXT + OLDEST_FIRST;
    static final String RUNTIME_DELIVERIES =
            NEWEST_DELIVERY + RUNTIME + AMONG + RUNTIME + FOUND + OF_ANY_LEVEL + WITH_TEXT + EACH;

    static final String PROBLEMS_FIRST = RUNTIME_COLUMNS + PROBLEMS + OF_LEVEL + WITH_TEXT + FIRST;
    static final String PROBLEMS_NEXT = RUNTIME_COLUMNS + PROBLEMS + OF_LEVEL + WITH_TEXT + NEXT;
    static final String PROBLEMS_REACH = "SELECT timestamp\n" + PROBLEMS + OF_LEVEL + REACH;
    static final String PROBLEMS_OLDEST_FIRST = RUNTIME_COLUMNS + PROBLEMS + OF_LEVEL + WITH_TEXT + OLDEST_FIRST;
    /** The runtime log has every delivery of an entry; the table of warnings and errors does not. */
    static final String PROBLEMS_DELIVERIES =
            NEWEST_DELIVERY + RUNTIME + AMONG + PROBLEMS + FOUND + OF_LEVEL + WITH_TEXT + EACH;

    static final String REQUESTS_FIRST = REQUEST_COLUMNS + REQUESTS + WITH_TEXT_IN_PATH + FIRST;
    static final String REQUESTS_NEXT = REQUEST_COLUMNS + REQUESTS + WITH_TEXT_IN_PATH + NEXT;
    static final String REQUESTS_REACH = "SELECT timestamp\n" + REQUESTS + REACH;
    static final String REQUESTS_OLDEST_FIRST = REQUEST_COLUMNS + REQUESTS + WITH_TEXT_IN_PATH + OLDEST_FIRST;
    static final String REQUESTS_DELIVERIES =
            NEWEST_REQUEST_DELIVERY + REQUESTS + AMONG + REQUESTS + FOUND + WITH_TEXT_IN_PATH + EACH;

    private LogStatements() {}
}
