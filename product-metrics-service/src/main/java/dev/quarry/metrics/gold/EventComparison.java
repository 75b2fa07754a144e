package dev.quarry.metrics.gold;

import dev.quarry.rollup.Comparison;

/**
 * Compares days, users, cohorts and groups of users with the events. Days are compared by a hash of the whole row,
 * which the bronze side makes from the events in the same way as a rebuild. The narrow rows of days are compared with
 * what a rebuild makes of the stored days: the events of the 29 days before may have marks and count already.
 *
 * <p>A user is new on a day with an event if no earlier day is stored as the first use. So each day's own events show
 * whether the stored first and last uses are right, and no user's whole history is read. Cohorts are compared with
 * these users, and groups, which have no day, on the day of the organisation's newest use.
 */
final class EventComparison {
    /** Accepts arrays of different sizes, which a manual change may leave and most functions refuse. */
    private static final String ROW_HASH = """
            cityHash64(
              events, tool_calls, active, sessions, milliseconds, continued_milliseconds, links,
              arraySort(bitmapToArray(users)),
              [length(feature_sessions), length(continued_feature_sessions), length(caller_tool_calls),
                length(quarter_tool_calls), length(quarter_users), length(quarter_caller),
                length(quarter_caller_tool_calls), length(session_start), length(session_end), length(session_features),
                length(continued_start), length(continued_first), length(continued_length), length(continued_features),
                length(profile_values), length(profile_tool_calls), length(profile_users), length(profile_quarter),
                length(profile_quarter_user), length(profile_quarter_tool_calls), length(session_profile),
                length(started_sessions), length(started_milliseconds), length(continued_profile),
                length(continuing_milliseconds)],
              arraySort(arrayZip(
                started_profile,
                arrayResize(started_sessions, length(started_profile)),
                arrayResize(started_milliseconds, length(started_profile)))),
              arraySort(arrayZip(
                continuing_profile, arrayResize(continuing_milliseconds, length(continuing_profile)))),
              arraySort(arrayZip(feature, arrayResize(feature_sessions, length(feature)))),
              arraySort(arrayZip(
                continued_feature, arrayResize(continued_feature_sessions, length(continued_feature)))),
              arraySort(arrayZip(caller, arrayResize(caller_tool_calls, length(caller)))),
              arraySort(arrayMap(
                (part, calls, part_users, callers, calls_of) -> (
                  part, calls, arraySort(bitmapToArray(part_users)),
                  arraySort(arrayZip(callers, arrayResize(calls_of, length(callers))))),
                quarter,
                arrayResize(quarter_tool_calls, length(quarter)),
                arrayResize(quarter_users, length(quarter)),
                arrayResize(quarter_caller, length(quarter)),
                arrayResize(quarter_caller_tool_calls, length(quarter)))),
              arraySort(arrayMap(
                (hash, of_hash, calls, hash_users, parts, users_of, calls_of) -> (
                  hash, CAST(of_hash, 'Array(String)'), calls, arraySort(bitmapToArray(hash_users)),
                  [length(users_of), length(calls_of)],
                  arraySort(arrayZip(
                    parts, arrayResize(users_of, length(parts)), arrayResize(calls_of, length(parts))))),
                profile,
                arrayResize(profile_values, length(profile)),
                arrayResize(profile_tool_calls, length(profile)),
                arrayResize(profile_users, length(profile)),
                arrayResize(profile_quarter, length(profile)),
                arrayResize(profile_quarter_user, length(profile)),
                arrayResize(profile_quarter_tool_calls, length(profile)))),
              arraySort(arrayZip(
                session,
                arrayResize(session_start, length(session)),
                arrayResize(session_end, length(session)),
                arrayResize(session_features, length(session)),
                arrayResize(session_profile, length(session)))),
              arraySort(arrayZip(
                continued,
                arrayResize(continued_start, length(continued)),
                arrayResize(continued_first, length(continued)),
                arrayResize(continued_length, length(continued)),
                arrayResize(continued_features, length(continued)),
                arrayResize(continued_profile, length(continued)))))
            """;

    /** The days of the range that are compared. */
    private static final String COMPARED = """
            organization_id = {organization:String}
              AND day >= toDate({from:DateTime('UTC')}) AND day < toDate({to:DateTime('UTC')})
              AND toDate32(day) + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1
            """;

    /**
     * The week or the month of a day is compared only if all of its days are kept: it was counted with days that have
     * expired since.
     */
    private static final String COUNTS_SUMS = """
            SELECT
                toDateTime(day, 'UTC') AS bucket,
                concat(
                    toString(active), ' users, ', toString(of_week), ' of the week, ', toString(of_month),
                    ' of the month, ', toString(tool_calls), ' tool calls, ', toString(sessions), ' sessions, hash ',
                    toString(cityHash64(
                        milliseconds,
                        length(feature_sessions),
                        arraySort(arrayZip(
                            CAST(feature, 'Array(String)'), arrayResize(feature_sessions, length(feature))))))) AS sums
            FROM
            (
                SELECT
                    *,
                    if(toDate32(day) - 6 + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1, week_active, 0)
                        AS of_week,
                    if(toDate32(day) - 29 + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1, month_active, 0)
                        AS of_month
                FROM
                (
            """;

    private static final String COUNTS_COMPARED = """
                )
            )
            WHERE (active, of_week, of_month, tool_calls, sessions, milliseconds, length(feature)) != (0, 0, 0, 0, 0, 0, 0)
              AND
            """ + COMPARED;

    private static final String NEWEST_DAY = """
            (
              SELECT toStartOfDay(max(last_use), 'UTC')
              FROM users FINAL
              WHERE organization_id = {organization:String} AND notEmpty(profile)
            )
            """;

    private static final String OF_NEWEST_DAY = """

            """ + NEWEST_DAY + """
             >= {from:DateTime('UTC')} AND
            """ + NEWEST_DAY + """
             < {to:DateTime('UTC')}
              AND toDate32(
            """ + NEWEST_DAY + """
            ) + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1
            """;

    private static final String BRONZE = """
            SELECT
                toDateTime(day, 'UTC') AS bucket,
                concat(
                    toString(count()), ' events, ',
                    toString(countIf(kind = 'tool_call')), ' tool calls, ',
                    toString(uniqExactIf(user_id, user_id != '')), ' users') AS sums
            FROM events FINAL
            WHERE
            """ + COMPARED + """
              AND
            """ + ExcludedUsers.NOT_EXCLUDED + """
            GROUP BY day
            UNION ALL
            SELECT toDateTime(day, 'UTC') AS bucket, concat('hash ', toString(
            """ + ROW_HASH + """
            )) AS sums
            FROM (
            """
            + ActivityDays.ROWS + """
            )
            WHERE events > 0 AND
            """ + COMPARED
            + """

            UNION ALL
            """ + COUNTS_SUMS + """
                    WITH
                      counted AS (
                        SELECT organization_id, day, users, active, tool_calls, sessions, milliseconds,
                          continued_milliseconds, feature, feature_sessions, continued_feature, continued_feature_sessions
                        FROM activity_days FINAL
                        WHERE organization_id = {organization:String}
                          AND day >= toDate32({from:DateTime('UTC')}) - 30 AND day <= toDate32({to:DateTime('UTC')})),
            """ + ActivityCounts.COUNTS + """
                    SELECT
                        organization_id, day, day_active AS active, week_active, month_active,
                        day_tool_calls AS tool_calls, day_sessions AS sessions, length AS milliseconds,
                        features.1 AS feature, features.2 AS feature_sessions
                    FROM counts
            """ + COUNTS_COMPARED + """

            UNION ALL
            SELECT toDateTime(day, 'UTC') AS bucket, arrayJoin(arrayFilter(text -> text != '', [
                if(countIf(is_new) = 0, '', concat(
                    toString(countIf(is_new)), ' new users, hash ', toString(sumIf(cityHash64(user_id, first, oldest), is_new)))),
                if(countIf(is_new) = 0, '', concat(
                    'cohort of ', toString(countIf(is_new)), ', hash ', toString(sumIf(cityHash64(number), is_new)))),
                if(countIf(is_last) = 0, '', concat(
                    toString(countIf(is_last)), ' users for the last time, hash ',
                    toString(sumIf(cityHash64(user_id, last), is_last)))),
                if(sum(length(newest)) = 0, '', concat(
                    toString(sum(length(newest))), ' newest values, hash ',
                    toString(sum(arraySum(of -> cityHash64(user_id, of.1, of.2, of.3), newest)))))])) AS sums
            FROM
            (
                SELECT
                    user_id, day, number, first, last, oldest,
                    arrayFilter(
                        (of, known_time) -> of.3 > toDateTime64(0, 3, 'UTC') AND (number = 0 OR toDate(known_time) <= day),
                        arrayZip([1, 2, 3, 4, 5, 6], values, times), arrayResize(profile_times, 6)) AS newest,
                    number = 0 OR toDate(first_use) >= day AS is_new,
                    number = 0 OR toDate(last_use) <= day AS is_last
                FROM
                (
                    SELECT
                        user_id, day, min(time) AS first, max(time) AS last,
                        argMin(CAST([locale, country, client, device, platform, version], 'Array(String)'), moment) AS oldest,
                        CAST([
                            argMaxIf(locale, moment, locale != ''),
                            argMaxIf(country, moment, country != ''),
                            argMaxIf(client, moment, client != ''),
                            argMaxIf(device, moment, device != ''),
                            argMaxIf(platform, moment, platform != ''),
                            argMaxIf(version, moment, version != '')
                        ], 'Array(String)') AS values,
                        [
                            maxIf(time, locale != ''),
                            maxIf(time, country != ''),
                            maxIf(time, client != ''),
                            maxIf(time, device != ''),
                            maxIf(time, platform != ''),
                            maxIf(time, version != '')
                        ] AS times
                    FROM
                    (
                        SELECT
                            user_id, day, time, locale, country, client, device, platform, version,
                            bitShiftLeft(toUInt256(toUnixTimestamp64Milli(time)), 128) + toUInt128(event_id) AS moment
                        FROM events FINAL
                        WHERE
            """ + COMPARED + """
             AND user_id != '' AND
            """
            + ExcludedUsers.NOT_EXCLUDED + """
                    )
                    GROUP BY user_id, day
                ) AS used
                LEFT JOIN
                (
                    SELECT user_id, number, first_use, last_use, profile_times
                    FROM users FINAL
                    WHERE organization_id = {organization:String}
                      AND user_id IN
                      (
                          SELECT user_id
                          FROM events
                          WHERE
            """ + COMPARED
            + """

                      )
                ) AS known
                USING (user_id)
            )
            GROUP BY day
            UNION ALL
            SELECT

            """ + NEWEST_DAY + """
             AS bucket,
                concat(toString(count()), ' groups of users, hash ', toString(sum(cityHash64(name, chosen, choosers)))) AS sums
            FROM
            (
                SELECT name, chosen, count() AS choosers
                FROM users FINAL
                ARRAY JOIN
                    ['locale', 'country', 'client', 'device', 'platform', 'version'] AS name,
                    CAST(profile, 'Array(String)') AS chosen
                WHERE organization_id = {organization:String}
                  AND
            """ + OF_NEWEST_DAY + """

                  AND notEmpty(profile)
                  AND toDate32(last_use) > (
                      SELECT if(count() = 0, toDate32(now('UTC')) - (SELECT days FROM event_retention), max(border))
                      FROM user_groups FINAL
                      WHERE organization_id = {organization:String})
                GROUP BY name, chosen
            )
            HAVING count() > 0
            """;

    private static final String GOLD = """
            SELECT
                toDateTime(day, 'UTC') AS bucket,
                concat(
                    toString(events), ' events, ', toString(tool_calls), ' tool calls, ', toString(active), ' users') AS sums
            FROM activity_days FINAL
            WHERE
            """ + COMPARED + """
             AND (events, tool_calls, active) != (0, 0, 0)
            UNION ALL
            SELECT toDateTime(day, 'UTC') AS bucket, concat('hash ', toString(
            """ + ROW_HASH + """
            )) AS sums
            FROM activity_days FINAL
            WHERE
            """ + COMPARED + """

              AND (events, tool_calls, active, sessions, length(session), length(continued)) != (0, 0, 0, 0, 0, 0)
            UNION ALL
            """ + COUNTS_SUMS + """
                    SELECT * FROM activity_counts FINAL WHERE organization_id = {organization:String}
            """
            + COUNTS_COMPARED + """

            UNION ALL
            SELECT
                toDateTime(day, 'UTC') AS bucket,
                concat(toString(count()), ' new users, hash ', toString(sum(cityHash64(user_id, first_use, CAST(first_profile, 'Array(String)'))))) AS sums
            FROM (SELECT organization_id, user_id, first_use, first_profile, toDate(first_use) AS day FROM users FINAL)
            WHERE
            """ + COMPARED + """

            GROUP BY day
            UNION ALL
            SELECT
                toDateTime(day, 'UTC') AS bucket,
                concat(
                    toString(count()), ' users for the last time, hash ',
                    toString(sum(cityHash64(user_id, last_use)))) AS sums
            FROM (SELECT organization_id, user_id, last_use, toDate(last_use) AS day FROM users FINAL)
            WHERE
            """
            + COMPARED + """

            GROUP BY day
            UNION ALL
            SELECT
                toDateTime(day, 'UTC') AS bucket,
                concat(
                    toString(count()), ' newest values, hash ',
                    toString(sum(cityHash64(user_id, place, value, value_time)))) AS sums
            FROM
            (
                SELECT
                    organization_id, user_id, place, value, value_time,
                    toDate(if(value_time > toDateTime64(0, 3, 'UTC'), value_time, last_use)) AS day
                FROM (SELECT * FROM users FINAL WHERE organization_id = {organization:String})
                ARRAY JOIN
                    [1, 2, 3, 4, 5, 6] AS place,
                    arrayResize(CAST(profile, 'Array(String)'), 6) AS value,
                    arrayResize(profile_times, 6) AS value_time
                WHERE value_time > toDateTime64(0, 3, 'UTC') OR value != ''
            )
            WHERE
            """
            + COMPARED + """

            GROUP BY day
            UNION ALL
            SELECT
                toDateTime(day, 'UTC') AS bucket,
                concat(
                    'cohort of ', toString(size), ', hash ',
                    toString(arraySum(number -> cityHash64(number), bitmapToArray(users)))) AS sums
            FROM cohorts FINAL
            WHERE
            """ + COMPARED + """
             AND (size, bitmapCardinality(users)) != (0, 0)
            UNION ALL
            SELECT

            """ + NEWEST_DAY + """
             AS bucket,
                concat(
                    toString(length(value)), ' groups of users, hash ',
                    toString(arraySum(
                        (name, chosen, count) -> cityHash64(name, chosen, count),
                        arrayResize(dimension, length(value)), value, arrayResize(users, length(value)))),
                    if(oldest_use > (
                        SELECT min(last_use)
                        FROM users FINAL
                        WHERE organization_id = {organization:String}
                          AND
            """ + OF_NEWEST_DAY + """

                          AND notEmpty(profile)
                          AND toDate32(last_use) > (
                              SELECT max(border) FROM user_groups FINAL WHERE organization_id = {organization:String})),
                      ', a user is older', '')) AS sums
            FROM user_groups FINAL
            WHERE organization_id = {organization:String} AND notEmpty(value) AND
            """ + OF_NEWEST_DAY + """

            """;

    static final Comparison SQL = new Comparison(BRONZE, GOLD);

    private EventComparison() {}
}
