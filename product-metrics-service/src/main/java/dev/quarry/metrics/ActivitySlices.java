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
            SELECT day5 AS period, bitmapCardinality(users5), calls5, place, place_key, group_count
            FROM (
            SELECT day4 + later AS day5, place, place_key, group_count,
              groupBitmapMergeState(users4) AS users5, sumIf(calls4, later = 0) AS calls5
            FROM (
            SELECT day3 + later AS day4, place, place_key, group_count,
              groupBitmapMergeState(users3) AS users4, sumIf(calls3, later = 0) AS calls4
            FROM (
            SELECT day2 + later AS day3, place, place_key, group_count,
              groupBitmapMergeState(users2) AS users3, sumIf(calls2, later = 0) AS calls3
            FROM (
            SELECT day1 + later AS day2, place, place_key, group_count,
              groupBitmapMergeState(users1) AS users2, sumIf(calls1, later = 0) AS calls2
            FROM (
            SELECT day0 + later AS day1, place, place_key, group_count,
              groupBitmapMergeState(users0) AS users1, sumIf(calls0, later = 0) AS calls1
            FROM (
            SELECT active_day AS day0, place, if(place >= 1 AND place <= {groups:UInt32}, key, '') AS place_key, group_count,
              groupBitmapMergeState(day_users) AS users0, sum(day_calls) AS calls0
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
            GROUP BY day0, place, place_key, group_count
            )
            ARRAY JOIN arrayDistinct([0, {steps:Array(UInt16)}[1]]) AS later
            GROUP BY day1, place, place_key, group_count
            )
            ARRAY JOIN arrayDistinct([0, {steps:Array(UInt16)}[2]]) AS later
            GROUP BY day2, place, place_key, group_count
            )
            ARRAY JOIN arrayDistinct([0, {steps:Array(UInt16)}[3]]) AS later
            GROUP BY day3, place, place_key, group_count
            )
            ARRAY JOIN arrayDistinct([0, {steps:Array(UInt16)}[4]]) AS later
            GROUP BY day4, place, place_key, group_count
            )
            ARRAY JOIN arrayDistinct([0, {steps:Array(UInt16)}[5]]) AS later
            GROUP BY day5, place, place_key, group_count
            )
            WHERE period >= {from:Date} AND period < {until:Date} AND has({days:Array(Date)}, period)
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
     * @param span 1, 7 or 30 days, up to the day, whose users count; tool calls are always those of the day
     */
    public List<SliceRow<TimeSeries.Point>> fetch(
            Caller caller, Period period, Slice slice, int span, Size size, Value value) {
        Window window = period.window();
        Window read = Window.ofDays(window.from().minusDays(span - 1L), window.to(), window.zone(), Integer.MAX_VALUE);
        Query query = LocalDays.bind(clickHouse.query(caller, period.isUtc() ? UTC : ZONED), read);
        return slice.bind(query)
                .bind("from", window.from())
                .bind("until", window.to().plusDays(1))
                .bindNumbers("steps", steps(span))
                .bind("by_calls", size == Size.TOOL_CALLS)
                .list(SliceRow.mapping(
                        row -> new TimeSeries.Point(row.nextDate(), value.of(row.nextLong(), row.nextLong()))));
    }

    /**
     * Each step adds the users of the day that many days earlier, with all that they count already. So a month takes
     * five unions instead of thirty.
     */
    private static List<Integer> steps(int span) {
        return switch (span) {
            case 1 -> List.of(0, 0, 0, 0, 0);
            case 7 -> List.of(1, 2, 3, 0, 0);
            case 30 -> List.of(1, 2, 4, 8, 14);
            default -> throw new IllegalArgumentException("No days of " + span + " days are counted");
        };
    }
}
