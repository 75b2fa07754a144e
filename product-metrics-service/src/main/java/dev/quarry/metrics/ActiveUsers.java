package dev.quarry.metrics;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Granularity;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Counts distinct users active in a span of days that ends with each day of the window. The span reaches back before
 * the window: a weekly value of its first day counts the six days before it.
 */
@ApplicationScoped
public class ActiveUsers {
    private static final String UTC = """
            SELECT day + later AS period, groupBitmapMerge(users) AS value
            FROM (
              SELECT day, users
              FROM activity_days FINAL
              WHERE organization_id = {organization:String}
                AND day >= {from:Date} - ({span:UInt16} - 1) AND day < {until:Date})
            ARRAY JOIN range({span:UInt16}) AS later
            WHERE period >= {from:Date} AND period < {until:Date}
            GROUP BY period
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

    /**
     * Days whose span has any user, in no order.
     *
     * @param span days, at least 1
     */
    public List<TimeSeries.Point> fetch(Caller caller, Period period, int span) {
        Window window = period.window();
        var query = WindowBinding.days(clickHouse.query(caller, period.isUtc() ? UTC : ZONED), window)
                .bind("span", span);
        if (!period.isUtc()) {
            Window read =
                    Window.ofDays(window.from().minusDays(span - 1L), window.to(), window.zone(), Integer.MAX_VALUE);
            LocalDays.bind(query, read, Granularity.DAY);
        }
        return query.list(row -> new TimeSeries.Point(row.nextDate(), row.nextLong()));
    }
}
