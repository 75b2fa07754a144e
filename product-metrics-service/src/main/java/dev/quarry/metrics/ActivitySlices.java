package dev.quarry.metrics;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Users and tool calls of slices, by day. */
@ApplicationScoped
public class ActivitySlices {
    private static final String UTC_SOURCE = """
            SELECT day AS active_day,
            """ + Slice.KEY + """
              AS key, users, calls
            FROM (
              SELECT day, profile_values, profile_users, profile_tool_calls
              FROM activity_days FINAL
              WHERE organization_id = {organization:String}
                AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day < toDate32({end:DateTime64(3, 'UTC')}))
            ARRAY JOIN profile_values AS of_values, profile_users AS users, profile_tool_calls AS calls
            WHERE
            """ + Slice.MATCHES;

    private static final String ZONED_SOURCE = """
            SELECT local_day(time) AS active_day, key, groupBitmapStateIf(user, user > 0) AS users,
              sum(calls_of_user) AS calls
            FROM (
              SELECT toDateTime(day, 'UTC') + part * 900 AS time, key, user, calls_of_user
              FROM (
                SELECT day,
            """ + Slice.KEY + """
                  AS key, parts, users_of_parts, calls_of_parts
                FROM (
                  SELECT day, profile_values, profile_quarter, profile_quarter_user, profile_quarter_tool_calls
                  FROM activity_days FINAL
                  WHERE organization_id = {organization:String}
                    AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}))
                ARRAY JOIN profile_values AS of_values, profile_quarter AS parts, profile_quarter_user AS users_of_parts,
                  profile_quarter_tool_calls AS calls_of_parts
                WHERE
            """ + Slice.MATCHES + """
              )
              ARRAY JOIN parts AS part, users_of_parts AS user, calls_of_parts AS calls_of_user)
            WHERE time >= {start:DateTime64(3, 'UTC')} AND time < {end:DateTime64(3, 'UTC')}
            GROUP BY active_day, key
            """;

    private static final String FIRST = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day
            SELECT active_day + later AS period, groupBitmapMerge(place_users), sumIf(place_calls, later = 0),
              place, any(place_key), max(place_groups)
            FROM (
              SELECT active_day, place, any(key) AS place_key, max(group_count) AS place_groups,
                groupBitmapMergeState(day_users) AS place_users, sum(day_calls) AS place_calls
              FROM (
            """ + Slice.RANKED + """
              SELECT *, if({by_calls:Bool},
                sum(day_calls) OVER (PARTITION BY key), groupBitmapMerge(day_users) OVER (PARTITION BY key)) AS size
              FROM (
                SELECT active_day, key, groupBitmapMergeState(users) AS day_users, sum(calls) AS day_calls
                FROM (
            """;

    /** A date that the zone skipped has no value. */
    private static final String LAST = """
                )
                GROUP BY active_day, key)
            """ + Slice.END + """
              )
              ARRAY JOIN places AS place
              GROUP BY active_day, place)
            ARRAY JOIN range({span:UInt16}) AS later
            WHERE period >= {from:Date} AND period < {until:Date} AND has({days:Array(Date)}, period)
            GROUP BY period, place
            """;

    private static final String UTC = FIRST + UTC_SOURCE + LAST;
    private static final String ZONED = FIRST + ZONED_SOURCE + LAST;

    /** How large groups are, to find the largest. */
    public enum Size {
        /** Distinct users in all days that are read. */
        USERS,
        /** Tool calls. */
        TOOL_CALLS
    }

    /** Makes the value of a day. */
    @FunctionalInterface
    public interface Value {
        Number of(long users, long toolCalls);
    }

    private final ClickHouse clickHouse;

    ActivitySlices(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /**
     * Days with activity, in no order; days without may be among them.
     *
     * @param span number of days, up to the day, whose users count; tool calls are always those of the day
     */
    public List<SliceRow<TimeSeries.Point>> fetch(
            Caller caller, Period period, Slice slice, int span, Size size, Value value) {
        Window window = period.window();
        Window read = Window.ofDays(window.from().minusDays(span - 1L), window.to(), window.zone(), Integer.MAX_VALUE);
        Query query = LocalDays.bind(clickHouse.query(caller, period.isUtc() ? UTC : ZONED), read);
        return slice.bind(query)
                .bind("from", window.from())
                .bind("until", window.to().plusDays(1))
                .bind("span", span)
                .bind("by_calls", size == Size.TOOL_CALLS)
                .list(SliceRow.mapping(
                        row -> new TimeSeries.Point(row.nextDate(), value.of(row.nextLong(), row.nextLong()))));
    }
}
