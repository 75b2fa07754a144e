package dev.quarry.metrics.gold;

import dev.quarry.refining.Batch;
import dev.quarry.refining.Workshop;

/** Puts sessions together that midnight cut in pieces, and adds up what that changes in the counts of days. */
final class LongSessions {
    /**
     * Rebuilds every session that has a fragment on one of the days, or had one: from its fragments on all days, so that
     * it does not matter which of them came last. Of fragments between pauses, only those can have a neighbour on another
     * day that lie within 30 minutes of midnight.
     */
    private static final String SESSIONS = """
            INSERT INTO long_sessions (organization_id, session, version, last_use,
              change_time, change_sessions, change_milliseconds, change_features)
            WITH
              touched AS (
                SELECT organization_id, id AS session
                FROM session_days FINAL ARRAY JOIN fragment AS id, fragment_start AS start, fragment_end AS end
                WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  AND (bitAnd(toUInt8(id), 1) = 0
                    OR start <= toDateTime64(day, 3, 'UTC') + toIntervalMinute(30)
                    OR end >= toDateTime64(day + 1, 3, 'UTC') - toIntervalMinute(30))
                UNION DISTINCT
                SELECT organization_id, session
                FROM long_sessions FINAL ARRAY JOIN change_time
                WHERE organization_id IN {organizations:Array(String)}
                  AND (organization_id, toDate(change_time))
                    IN arrayZip({organizations:Array(String)}, {days:Array(Date)})),
              pieces AS (
                SELECT organization_id, id AS session, true AS found, (start, end, features) AS piece
                FROM session_days FINAL
                ARRAY JOIN fragment AS id, fragment_start AS start, fragment_end AS end, fragment_features AS features
                WHERE organization_id IN {organizations:Array(String)}
                  AND (organization_id, id) IN touched
                  AND (bitAnd(toUInt8(id), 1) = 0
                    OR start <= toDateTime64(day, 3, 'UTC') + toIntervalMinute(30)
                    OR end >= toDateTime64(day + 1, 3, 'UTC') - toIntervalMinute(30))
                UNION ALL
                SELECT organization_id, session, false AS found, (
                  toDateTime64(0, 3, 'UTC'), toDateTime64(0, 3, 'UTC'), CAST([], 'Array(LowCardinality(String))')) AS piece
                FROM long_sessions FINAL
                WHERE organization_id IN {organizations:Array(String)}
                  AND (organization_id, session) IN touched),
              chained AS (
                SELECT organization_id, session, countIf(NOT found) > 0 AS known,
                  arraySort(groupArrayIf(piece, found)) AS sorted,
                  arrayPushFront(arrayPopBack(arrayMap(end -> toUnixTimestamp64Milli(end), sorted.2)), toInt64(0))
                    AS previous_ends,
                  arrayFilter(
                    chain -> length(chain) > 1,
                    arraySplit(
                      (piece, previous_end) -> bitAnd(toUInt8(session), 1) = 1
                        AND toUnixTimestamp64Milli(piece.1) - previous_end > 30 * 60 * 1000,
                      sorted, previous_ends)) AS chains,
                  arrayConcat(
                    arrayMap(
                      piece -> (piece.1, toInt8(-1), -toInt64(dateDiff('millisecond', piece.1, piece.2)), piece.3),
                      arrayFlatten(chains)),
                    arrayMap(
                      chain -> (chain[1].1, toInt8(1), toInt64(dateDiff('millisecond', chain[1].1, chain[-1].2)),
                        arraySort(arrayDistinct(arrayFlatten(chain.3)))),
                      chains)) AS changes
                FROM pieces
                GROUP BY organization_id, session
                HAVING known OR notEmpty(changes))
            SELECT organization_id, session, {version:UInt64},
              if(empty(sorted), toDateTime64(0, 3, 'UTC'), sorted[-1].2),
              changes.1, changes.2, changes.3, changes.4
            FROM chained
            """;

    private static final String CORRECTIONS = """
            INSERT INTO session_corrections (organization_id, version, day, sessions, milliseconds,
              feature_day, feature, feature_sessions)
            WITH
              changes AS (
                SELECT organization_id, toDate(change_time) AS changed_day,
                  change_sessions, change_milliseconds, change_features
                FROM long_sessions FINAL
                ARRAY JOIN change_time, change_sessions, change_milliseconds, change_features
                WHERE organization_id IN {organizations:Array(String)}),
              by_day AS (
                SELECT organization_id, changed_day,
                  sum(change_sessions) AS day_sessions, sum(change_milliseconds) AS day_milliseconds
                FROM changes
                GROUP BY organization_id, changed_day),
              by_feature AS (
                SELECT organization_id, changed_day, changed_feature, sum(change_sessions) AS feature_day_sessions
                FROM changes ARRAY JOIN change_features AS changed_feature
                GROUP BY organization_id, changed_day, changed_feature
                HAVING feature_day_sessions != 0)
            SELECT organization_id, {version:UInt64}, days.1, days.2, days.3, features.1, features.2, features.3
            FROM (
              SELECT organization_id, groupArray((changed_day, day_sessions, day_milliseconds)) AS days
              FROM by_day
              GROUP BY organization_id) AS of_days
            LEFT JOIN (
              SELECT organization_id, groupArray((changed_day, changed_feature, feature_day_sessions)) AS features
              FROM by_feature
              GROUP BY organization_id) AS of_features
            USING (organization_id)
            """;

    private LongSessions() {}

    static void rebuild(Batch batch, Workshop workshop) {
        workshop.statement(SESSIONS).bindDays(batch).execute();
        workshop.statement(CORRECTIONS)
                .bind("version", batch.version())
                .bindStrings("organizations", batch.organizations())
                .execute();
    }
}
