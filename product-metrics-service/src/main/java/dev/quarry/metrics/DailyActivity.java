package dev.quarry.metrics;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.LocalDate;
import java.util.List;

/** Users and tool calls of each day. */
@ApplicationScoped
public class DailyActivity {
    private static final String UTC = """
            SELECT day, active, tool_calls
            FROM activity_counts FINAL
            WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}
            """;

    private static final String ZONED = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day
            SELECT local_day(time) AS period, groupBitmapMerge(users), sum(calls)
            FROM (
              SELECT toDateTime(day, 'UTC') + part * 900 AS time, users, calls
              FROM (
                SELECT day, quarter, quarter_users, quarter_tool_calls
                FROM activity_days FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}))
              ARRAY JOIN quarter AS part, quarter_users AS users, quarter_tool_calls AS calls)
            WHERE time >= {start:DateTime64(3, 'UTC')} AND time < {end:DateTime64(3, 'UTC')}
            GROUP BY period
            """;

    /**
     * One day's activity.
     *
     * @param users distinct users active
     * @param toolCalls calls, including those without a known user
     */
    public record Day(LocalDate day, long users, long toolCalls) {}

    private final ClickHouse clickHouse;

    DailyActivity(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Days in no order. Days without activity may be among them, with zeros: to read them costs less than to filter them. */
    public List<Day> fetch(Caller caller, Period period) {
        Window window = period.window();
        var query = period.isUtc()
                ? WindowBinding.days(clickHouse.query(caller, UTC), window).onOneThread()
                : LocalDays.bind(clickHouse.query(caller, ZONED), window);
        return query.list(row -> new Day(row.nextDate(), row.nextLong(), row.nextLong()));
    }
}
