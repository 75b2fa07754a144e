package dev.quarry.metrics.powerusers;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.powerusers.PowerUsers.Counts;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;

/** Adds up each user's tool calls over the window. */
@ApplicationScoped
class PowerUsersQuery {
    private static final String UTC = """
            SELECT
              (
                SELECT groupBitmapMerge(users)
                FROM activity_days FINAL
                WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}) AS total,
              countIf(total_calls >= {threshold:UInt64}) AS power
            FROM (
              SELECT user, sum(calls) AS total_calls
              FROM (
                SELECT caller, caller_tool_calls
                FROM activity_days FINAL
                WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date})
              ARRAY JOIN caller AS user, caller_tool_calls AS calls
              GROUP BY user)
            """;

    private static final String ZONED = """
            WITH parts AS (
              SELECT users, callers, calls_of_callers
              FROM (
                SELECT day, quarter, quarter_users, quarter_caller, quarter_caller_tool_calls
                FROM activity_days FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}))
              ARRAY JOIN quarter AS part, quarter_users AS users,
                quarter_caller AS callers, quarter_caller_tool_calls AS calls_of_callers
              WHERE toDateTime(day, 'UTC') + part * 900 >= {start:DateTime64(3, 'UTC')}
                AND toDateTime(day, 'UTC') + part * 900 < {end:DateTime64(3, 'UTC')})
            SELECT
              (SELECT groupBitmapMerge(users) FROM parts) AS total,
              countIf(total_calls >= {threshold:UInt64}) AS power
            FROM (
              SELECT user, sum(calls) AS total_calls
              FROM parts ARRAY JOIN callers AS user, calls_of_callers AS calls
              GROUP BY user)
            """;

    private final ClickHouse clickHouse;

    PowerUsersQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    Counts fetch(Caller caller, Period period, int threshold) {
        Window window = period.days();
        var query = period.isUtc()
                ? WindowBinding.days(clickHouse.query(caller, UTC), window)
                : WindowBinding.instants(clickHouse.query(caller, ZONED), window);
        return query.bind("threshold", threshold).one(row -> new Counts(row.nextLong(), row.nextLong()));
    }
}
