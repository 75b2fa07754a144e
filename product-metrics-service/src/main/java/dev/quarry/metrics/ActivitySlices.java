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
    private static final String PROFILES_SOURCE = """
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

    private static final String QUARTERS_SOURCE = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day
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

    /** For a slice of one dimension: the sets of its values, which are fewer and larger than those of profiles. */
    private static final String VALUES_SOURCE = """
            SELECT day AS active_day, if({dimension:UInt8} = 0, '', value) AS key, users_of_value AS users,
              calls_of_value AS calls
            FROM (
              SELECT day, {users_by_value:Identifier} AS users_by_value, {calls_by_value:Identifier} AS calls_by_value
              FROM activity_days FINAL
              WHERE organization_id = {organization:String}
                AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day < toDate32({end:DateTime64(3, 'UTC')}))
            ARRAY JOIN mapKeys(users_by_value) AS value, mapValues(users_by_value) AS users_of_value,
              mapValues(calls_by_value) AS calls_of_value
            WHERE empty({values:Array(String)}) OR has({values:Array(String)}, value)
            """;

    private static final String KEYS_BEFORE = """
            WITH
              keys AS (
                SELECT active_day, key, groupBitmapMergeState(users) AS day_users, sum(calls) AS day_calls
                FROM (
            """;

    private static final String KEYS_AFTER = """
                )
                GROUP BY active_day, key),
            """;

    private static final String PROFILES_KEYS = KEYS_BEFORE + PROFILES_SOURCE + KEYS_AFTER;
    private static final String QUARTERS_KEYS = KEYS_BEFORE + QUARTERS_SOURCE + KEYS_AFTER;
    private static final String VALUES_KEYS = KEYS_BEFORE + VALUES_SOURCE + KEYS_AFTER;

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

    /**
     * A span lies in two adjacent blocks of as many days, or is one of them. So its users are those from its first day to
     * the end of the first block, and those from the beginning of the second block to its last day. This takes a few
     * unions of sets for each day, however long the span is. The statement first adds the days without users.
     */
    private static final String SPAN = """
            SELECT toDate(number) AS period, active, toUInt64(0), place, key_of_place, all_groups
            FROM (
              SELECT number, place, key_of_place, all_groups,
                bitmapOrCardinality(since_block_start, lagInFrame(until_block_end, {earlier_days:UInt16}) OVER (
                  PARTITION BY place ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS active
              FROM (
                SELECT number, place, max(place_key) OVER (PARTITION BY place) AS key_of_place,
                  max(group_count) OVER () AS all_groups,
                  groupBitmapMergeState(users) OVER (PARTITION BY place, block ORDER BY number) AS since_block_start,
                  groupBitmapMergeState(users) OVER (PARTITION BY place, block ORDER BY number DESC) AS until_block_end
                FROM (
                  SELECT *, intDiv(number, {earlier_days:UInt16} + 1) AS block
                  FROM (
                    SELECT *
                    FROM (
                      SELECT *, toInt32(day) AS number
                      FROM one_day
                      ORDER BY place, number WITH FILL TO toInt32({until:Date}))
                    ORDER BY place, number DESC WITH FILL TO toInt32({from:Date}) - toInt32({earlier_days:UInt16}) - 1 STEP -1))))
            """ + OF_WINDOW;

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
        return slice.bind(LocalDays.bind(query(caller, period, slice, activity), read))
                .bind("from", window.from())
                .bind("until", window.to().plusDays(1))
                .bind("earlier_days", activity.earlierDays)
                .list(SliceRow.mapping(
                        row -> new TimeSeries.Point(row.nextDate(), value.of(row.nextLong(), row.nextLong()))));
    }

    private Query query(Caller caller, Period period, Slice slice, Activity activity) {
        if (!period.isUtc()) {
            return ofQuarters(caller, slice.hasGroups(), activity);
        }
        return slice.onlyDimension()
                .map(only -> ofValues(caller, slice.hasGroups(), activity)
                        .bind("users_by_value", only.users())
                        .bind("calls_by_value", only.toolCalls())
                        .bindStrings("values", slice.filter(only)))
                .orElseGet(() -> ofProfiles(caller, slice.hasGroups(), activity));
    }

    private Query ofValues(Caller caller, boolean groups, Activity activity) {
        return switch (activity) {
            case TOOL_CALLS ->
                clickHouse.query(caller, groups ? VALUES_KEYS + GROUPS_BY_CALLS + CALLS : VALUES_KEYS + WHOLE + CALLS);
            case DAY ->
                clickHouse.query(caller, groups ? VALUES_KEYS + GROUPS_BY_USERS + DAY : VALUES_KEYS + WHOLE + DAY);
            case WEEK, MONTH ->
                clickHouse.query(caller, groups ? VALUES_KEYS + GROUPS_BY_USERS + SPAN : VALUES_KEYS + WHOLE + SPAN);
        };
    }

    private Query ofProfiles(Caller caller, boolean groups, Activity activity) {
        return switch (activity) {
            case TOOL_CALLS ->
                clickHouse.query(
                        caller, groups ? PROFILES_KEYS + GROUPS_BY_CALLS + CALLS : PROFILES_KEYS + WHOLE + CALLS);
            case DAY ->
                clickHouse.query(caller, groups ? PROFILES_KEYS + GROUPS_BY_USERS + DAY : PROFILES_KEYS + WHOLE + DAY);
            case WEEK, MONTH ->
                clickHouse.query(
                        caller, groups ? PROFILES_KEYS + GROUPS_BY_USERS + SPAN : PROFILES_KEYS + WHOLE + SPAN);
        };
    }

    private Query ofQuarters(Caller caller, boolean groups, Activity activity) {
        return switch (activity) {
            case TOOL_CALLS ->
                clickHouse.query(
                        caller, groups ? QUARTERS_KEYS + GROUPS_BY_CALLS + CALLS : QUARTERS_KEYS + WHOLE + CALLS);
            case DAY ->
                clickHouse.query(caller, groups ? QUARTERS_KEYS + GROUPS_BY_USERS + DAY : QUARTERS_KEYS + WHOLE + DAY);
            case WEEK, MONTH ->
                clickHouse.query(
                        caller, groups ? QUARTERS_KEYS + GROUPS_BY_USERS + SPAN : QUARTERS_KEYS + WHOLE + SPAN);
        };
    }
}
