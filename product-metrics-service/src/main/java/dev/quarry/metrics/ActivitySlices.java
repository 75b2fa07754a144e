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

    private static final String ZONE = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day,
            """;

    private static final String KEYS_BEFORE = """
              keys AS (
                SELECT active_day, key, groupBitmapMergeState(users) AS day_users, sum(calls) AS day_calls
                FROM (
            """;

    private static final String KEYS_AFTER = """
                )
                GROUP BY active_day, key),
            """;

    private static final String UTC_KEYS = ZONE + KEYS_BEFORE + UTC_SOURCE + KEYS_AFTER;
    private static final String ZONED_KEYS = ZONE + KEYS_BEFORE + ZONED_SOURCE + KEYS_AFTER;

    private static final String WHOLE = """
              one_day AS (
                SELECT active_day AS day, toUInt64(0) AS place, '' AS place_key, toUInt64(0) AS group_count,
                  day_users AS users, day_calls AS calls
                FROM keys)
            """;

    private static final String GROUPS_BEFORE = """
              one_day AS (
                SELECT active_day AS day, place, if(place >= 1 AND place <= {groups:UInt32}, key, '') AS place_key, group_count,
                  groupBitmapMergeState(day_users) AS users, sum(day_calls) AS calls
                FROM (
            """ + Slice.RANKED;

    private static final String GROUPS_AFTER = Slice.END + """
                )
                ARRAY JOIN places AS place
                GROUP BY day, place, place_key, group_count)
            """;

    private static final String GROUPS_BY_USERS = GROUPS_BEFORE + """
            SELECT *, groupBitmapMerge(day_users) OVER (PARTITION BY key) AS size FROM keys
            """ + GROUPS_AFTER;

    private static final String GROUPS_BY_CALLS = GROUPS_BEFORE + """
            SELECT *, sum(day_calls) OVER (PARTITION BY key) AS size FROM keys
            """ + GROUPS_AFTER;

    /** A date that the zone skipped has no value. */
    private static final String OF_WINDOW = """
            WHERE period >= {from:Date} AND period < {until:Date} AND has({days:Array(Date)}, period)
            """;

    private static final String CALLS = """
            SELECT day AS period, toUInt64(0), calls, place, place_key, group_count FROM one_day
            """ + OF_WINDOW;

    private static final String DAY = """
            SELECT day AS period, bitmapCardinality(users), calls, place, place_key, group_count FROM one_day
            """ + OF_WINDOW;

    private static final String SPAN_BEFORE = """
            SELECT day + later AS period, groupBitmapMerge(users), toUInt64(0), place, place_key, group_count FROM one_day
            ARRAY JOIN
            """;

    private static final String SPAN_AFTER = """
            AS later
            """ + OF_WINDOW + """
            GROUP BY period, place, place_key, group_count
            """;

    private static final String WEEK = SPAN_BEFORE + """
            range(7)
            """ + SPAN_AFTER;
    private static final String MONTH = SPAN_BEFORE + """
            range(30)
            """ + SPAN_AFTER;

    /** What a day counts. The largest groups have most distinct users in all days that are read, or most tool calls. */
    public enum Activity {
        /** Tool calls of the day; users are not read. */
        TOOL_CALLS(0),
        /** Users and tool calls of the day. */
        DAY(0),
        /** Users of the seven days that end with the day. */
        WEEK(Span.WEEK.earlierDays()),
        /** Users of the thirty days that end with the day. */
        MONTH(Span.MONTH.earlierDays());

        private final int earlierDays;

        Activity(int earlierDays) {
            this.earlierDays = earlierDays;
        }
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

    /** Days with activity, in no order; days without may be among them. What {@code activity} does not count is 0. */
    public List<SliceRow<TimeSeries.Point>> fetch(
            Caller caller, Period period, Slice slice, Activity activity, Value value) {
        Window window = period.window();
        Window read = Window.ofDays(
                window.from().minusDays(activity.earlierDays), window.to(), window.zone(), Integer.MAX_VALUE);
        Query query = slice.hasGroups()
                ? ofGroups(caller, period.isUtc(), activity)
                : ofWhole(caller, period.isUtc(), activity);
        return slice.bind(LocalDays.bind(query, read))
                .bind("from", window.from())
                .bind("until", window.to().plusDays(1))
                .list(SliceRow.mapping(
                        row -> new TimeSeries.Point(row.nextDate(), value.of(row.nextLong(), row.nextLong()))));
    }

    private Query ofWhole(Caller caller, boolean utc, Activity activity) {
        return switch (activity) {
            case TOOL_CALLS -> clickHouse.query(caller, utc ? UTC_KEYS + WHOLE + CALLS : ZONED_KEYS + WHOLE + CALLS);
            case DAY -> clickHouse.query(caller, utc ? UTC_KEYS + WHOLE + DAY : ZONED_KEYS + WHOLE + DAY);
            case WEEK -> clickHouse.query(caller, utc ? UTC_KEYS + WHOLE + WEEK : ZONED_KEYS + WHOLE + WEEK);
            case MONTH -> clickHouse.query(caller, utc ? UTC_KEYS + WHOLE + MONTH : ZONED_KEYS + WHOLE + MONTH);
        };
    }

    private Query ofGroups(Caller caller, boolean utc, Activity activity) {
        return switch (activity) {
            case TOOL_CALLS ->
                clickHouse.query(
                        caller, utc ? UTC_KEYS + GROUPS_BY_CALLS + CALLS : ZONED_KEYS + GROUPS_BY_CALLS + CALLS);
            case DAY ->
                clickHouse.query(caller, utc ? UTC_KEYS + GROUPS_BY_USERS + DAY : ZONED_KEYS + GROUPS_BY_USERS + DAY);
            case WEEK ->
                clickHouse.query(caller, utc ? UTC_KEYS + GROUPS_BY_USERS + WEEK : ZONED_KEYS + GROUPS_BY_USERS + WEEK);
            case MONTH ->
                clickHouse.query(
                        caller, utc ? UTC_KEYS + GROUPS_BY_USERS + MONTH : ZONED_KEYS + GROUPS_BY_USERS + MONTH);
        };
    }
}
