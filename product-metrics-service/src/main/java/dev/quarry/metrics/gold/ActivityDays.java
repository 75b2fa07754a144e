package dev.quarry.metrics.gold;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.RebuildContext;

/** Writes a day's active users, tool calls and sessions as one row. */
final class ActivityDays {
    /**
     * The rows of {@code organizations} and {@code days}, from bronze. The rows of the days before must exist already.
     */
    static final String ROWS =
            """
            WITH
              true AS all_wanted,
              wanted AS (SELECT '' AS organization_id, toUInt128(0) AS session WHERE false),
            """ + Sessions.PIECES + """
              , active_users AS (
                SELECT organization_id, day, toUInt8(intDiv(toHour(time) * 60 + toMinute(time), 15)) AS part, user_id,
                  count() AS events_of_user, countIf(kind = 'tool_call') AS calls
                FROM events FINAL
                WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  AND
            """ + ExcludedUsers.NOT_EXCLUDED + """
                GROUP BY organization_id, day, part, user_id),
              known AS (
                SELECT organization_id, user_id, max(number) AS user
                FROM users
                WHERE (organization_id, user_id) IN (
                  SELECT organization_id, user_id
                  FROM events
                  WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)}))
                GROUP BY organization_id, user_id),
              numbered AS (
                SELECT organization_id, day, part, user, events_of_user, calls
                FROM active_users LEFT JOIN known USING (organization_id, user_id)
                WHERE user > 0 OR user_id = ''),
              quarters AS (
                SELECT organization_id, day, part, sum(events_of_user) AS part_events, sum(calls) AS part_calls,
                  groupBitmapStateIf(user, user > 0) AS part_users,
                  groupArrayIf((user, toUInt32(calls)), user > 0 AND calls > 0) AS part_callers
                FROM numbered
                GROUP BY organization_id, day, part),
              activity AS (
                SELECT organization_id, day, sum(part_events) AS all_events, sum(part_calls) AS all_calls,
                  groupBitmapMerge(part_users) AS all_active, groupBitmapMergeState(part_users) AS all_users,
                  sumMap(part_callers.1, part_callers.2) AS callers,
                  groupArray(part) AS quarter, groupArray(part_calls) AS quarter_tool_calls,
                  groupArray(part_users) AS quarter_users,
                  groupArray(part_callers.1) AS quarter_caller, groupArray(part_callers.2) AS quarter_caller_tool_calls
                FROM quarters
                GROUP BY organization_id, day),
              profile_uses AS (
                SELECT organization_id, day,
                  reinterpretAsUInt128(sipHash128(locale, country, client, device, platform, version)) AS hash,
                  any(CAST([locale, country, client, device, platform, version], 'Array(String)')) AS values_of_hash,
                  toUInt8(intDiv(toHour(time) * 60 + toMinute(time), 15)) AS part, user_id,
                  countIf(kind = 'tool_call') AS calls
                FROM events FINAL
                WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  AND
            """ + ExcludedUsers.NOT_EXCLUDED + """
                GROUP BY organization_id, day, hash, part, user_id),
              by_profile AS (
                SELECT organization_id, day, hash, any(values_of_hash) AS of_hash, sum(calls) AS hash_calls,
                  groupBitmapStateIf(user, user > 0) AS hash_users,
                  groupArray((part, user, toUInt32(calls))) AS hash_uses
                FROM profile_uses LEFT JOIN known USING (organization_id, user_id)
                WHERE user > 0 OR user_id = ''
                GROUP BY organization_id, day, hash),
              of_profiles AS (
                SELECT organization_id, day, groupArray(hash) AS profile, groupArray(of_hash) AS profile_values,
                  groupArray(hash_calls) AS profile_tool_calls, groupArray(hash_users) AS profile_users,
                  groupArray(hash_uses.1) AS profile_quarter, groupArray(hash_uses.2) AS profile_quarter_user,
                  groupArray(hash_uses.3) AS profile_quarter_tool_calls
                FROM by_profile
                GROUP BY organization_id, day),
              of_sessions AS (
                SELECT organization_id, piece_day AS day,
                  countIf(NOT continued) AS started,
                  sumIf(last - first, NOT continued) AS before_midnight,
                  sumIf(last - previous_last, continued) AS after_midnight,
                  sumMapIf(used, arrayMap(name -> toUInt64(1), used), NOT continued) AS by_feature,
                  sumMapIf(more_used, arrayMap(name -> toUInt64(1), more_used), continued) AS by_more_feature,
                  groupArrayIf((session, fromUnixTimestamp64Milli(first, 'UTC'), fromUnixTimestamp64Milli(last, 'UTC'), used,
                    first_profile), NOT continued) AS own,
                  groupArrayIf((session, fromUnixTimestamp64Milli(start, 'UTC'), fromUnixTimestamp64Milli(first, 'UTC'),
                    toUInt32(last - previous_last), more_used, first_profile), continued) AS others,
                  sumMapIf([first_profile], [toUInt64(1)], [toUInt64(last - first)], NOT continued) AS by_start,
                  sumMapIf([first_profile], [toUInt64(last - previous_last)], continued) AS by_continuing,
                  sumIf(cityHash64(session, start, previous_last, previous_used, first_profile), continued) AS told
                FROM (
                  SELECT *, arrayFilter(name -> NOT has(previous_used, name), used) AS more_used
                  FROM pieces)
                GROUP BY organization_id, piece_day)
            SELECT organization_id, day, all_events AS events, all_calls AS tool_calls, all_active AS active,
              started AS sessions, before_midnight AS milliseconds, after_midnight AS continued_milliseconds,
              by_feature.1 AS feature, by_feature.2 AS feature_sessions,
              by_more_feature.1 AS continued_feature, by_more_feature.2 AS continued_feature_sessions,
              all_users AS users, callers.1 AS caller, callers.2 AS caller_tool_calls,
              quarter, quarter_tool_calls, quarter_users, quarter_caller, quarter_caller_tool_calls,
              profile, profile_values, profile_tool_calls, profile_users,
              profile_quarter, profile_quarter_user, profile_quarter_tool_calls,
              own.1 AS session, own.2 AS session_start, own.3 AS session_end, own.4 AS session_features,
              own.5 AS session_profile,
              by_start.1 AS started_profile, by_start.2 AS started_sessions, by_start.3 AS started_milliseconds,
              others.1 AS continued, others.2 AS continued_start, others.3 AS continued_first,
              others.4 AS continued_length, others.5 AS continued_features,
              others.6 AS continued_profile, by_continuing.1 AS continuing_profile,
              by_continuing.2 AS continuing_milliseconds, told AS links
            FROM (
              SELECT bucket.1 AS organization_id, bucket.2 AS day
              FROM (SELECT arrayJoin(arrayZip({organizations:Array(String)}, {days:Array(Date)})) AS bucket)) AS asked
            LEFT JOIN activity USING (organization_id, day)
            LEFT JOIN of_profiles USING (organization_id, day)
            LEFT JOIN of_sessions USING (organization_id, day)
            """;

    /** The settings keep all days of a month in one block, which becomes visible as a whole. */
    private static final String SQL = """
            INSERT INTO activity_days (organization_id, day, events, tool_calls, active,
              sessions, milliseconds, continued_milliseconds,
              feature, feature_sessions, continued_feature, continued_feature_sessions,
              users, caller, caller_tool_calls,
              quarter, quarter_tool_calls, quarter_users, quarter_caller, quarter_caller_tool_calls,
              profile, profile_values, profile_tool_calls, profile_users,
              profile_quarter, profile_quarter_user, profile_quarter_tool_calls,
              session, session_start, session_end, session_features, session_profile,
              started_profile, started_sessions, started_milliseconds,
              continued, continued_start, continued_first, continued_length, continued_features, continued_profile,
              continuing_profile, continuing_milliseconds, links, version)
            SELECT *, {version:UInt64}
            FROM (
            """ + ROWS + """
            )
            SETTINGS min_insert_block_size_rows = 1000000, min_insert_block_size_bytes = 0
            """;

    private ActivityDays() {}

    static void rebuild(Batch batch, RebuildContext context) {
        context.statement(SQL).bindDays(batch).execute();
    }
}
