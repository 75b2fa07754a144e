package dev.quarry.metrics;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Counts distinct users active in a span of days that ends with each day of the window. The span reaches back before
 * the window: a weekly value of its first day counts the six days before it.
 */
@ApplicationScoped
public class ActiveUsers {
    private static final String WEEK = """
            SELECT day, week_active
            FROM activity_counts FINAL
            WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}
            """;

    private static final String MONTH = """
            SELECT day, month_active
            FROM activity_counts FINAL
            WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}
            """;

    /** A date that the zone skipped has no value. */
    private static final String ZONED = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day
            SELECT active_day + later AS period, groupBitmapMerge(day_users) AS value
            FROM (
              SELECT local_day(time) AS active_day, groupBitmapMergeState(users) AS day_users
              FROM (
                SELECT toDateTime(day, 'UTC') + part * 900 AS time, users
                FROM (
                  SELECT day, quarter, quarter_users
                  FROM activity_days FINAL
                  WHERE organization_id = {organization:String}
                    AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}))
                ARRAY JOIN quarter AS part, quarter_users AS users)
              WHERE time >= {start:DateTime64(3, 'UTC')} AND time < {end:DateTime64(3, 'UTC')}
              GROUP BY active_day)
            ARRAY JOIN range({span:UInt16}) AS later
            WHERE period >= {from:Date} AND period < {until:Date} AND has({days:Array(Date)}, period)
            GROUP BY period
            """;

    private final ClickHouse clickHouse;

    ActiveUsers(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Days whose span has any user, in no order; days without one may be among them. */
    public List<TimeSeries.Point> fetch(Caller caller, Period period, Span span) {
        Query query = period.isUtc() ? utc(caller, period.window(), span) : zoned(caller, period.window(), span);
        return query.list(row -> new TimeSeries.Point(row.nextDate(), row.nextLong()));
    }

    private Query utc(Caller caller, Window window, Span span) {
        Query query = switch (span) {
            case WEEK -> clickHouse.query(caller, WEEK);
            case MONTH -> clickHouse.query(caller, MONTH);
        };
        return WindowBinding.days(query, window).onOneThread();
    }

    private Query zoned(Caller caller, Window window, Span span) {
        Query query =
                WindowBinding.days(clickHouse.query(caller, ZONED), window).bind("span", span.days());
        Window read = Window.ofDays(
                window.from().minusDays(span.earlierDays()), window.to(), window.zone(), Integer.MAX_VALUE);
        return LocalDays.bind(query, read);
    }
}
