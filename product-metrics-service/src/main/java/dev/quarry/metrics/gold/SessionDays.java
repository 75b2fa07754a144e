package dev.quarry.metrics.gold;

import dev.quarry.refining.Batch;
import dev.quarry.refining.Workshop;

/**
 * The day's share of every session. Events with a session_id make one fragment each session; the others of a user make one
 * each time that more than 30 minutes pass between two of them. Events with neither belong to no session.
 */
final class SessionDays {
    /** Minima, maxima and sets do not mind an event that is there twice, so there is no FINAL. */
    private static final String SQL = """
            INSERT INTO session_days (organization_id, day, version, sessions, milliseconds, feature, feature_sessions,
              fragment, fragment_start, fragment_end, fragment_features)
            WITH
              uses AS (
                SELECT organization_id, day, user_id,
                  arraySort(groupArray((time, feature))) AS used,
                  arrayDifference(arrayMap(at -> toUnixTimestamp64Milli(at), used.1)) AS pauses,
                  arraySplit((use, pause) -> pause > 30 * 60 * 1000, used, pauses) AS islands
                FROM events
                WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  AND session_id = '' AND user_id != ''
                GROUP BY organization_id, day, user_id),
              fragments AS (
                SELECT organization_id, day,
                  bitShiftLeft(reinterpretAsUInt128(sipHash128(session_id)), 1) AS id,
                  min(time) AS start, max(time) AS end,
                  arraySort(groupUniqArrayIf(feature, feature != '')) AS features
                FROM events
                WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  AND session_id != ''
                GROUP BY organization_id, day, session_id
                UNION ALL
                SELECT organization_id, day,
                  bitOr(bitShiftLeft(reinterpretAsUInt128(sipHash128(user_id)), 1), toUInt128(1)) AS id,
                  island[1].1 AS start, island[-1].1 AS end,
                  arraySort(arrayDistinct(arrayFilter(name -> name != '', island.2))) AS features
                FROM uses ARRAY JOIN islands AS island)
            SELECT organization_id, day, {version:UInt64}, count(), sum(dateDiff('millisecond', start, end)),
              (sumMap(features, arrayMap(name -> toUInt64(1), features)) AS by_feature).1, by_feature.2,
              groupArray(id), groupArray(start), groupArray(end), groupArray(features)
            FROM fragments
            GROUP BY organization_id, day
            """;

    private SessionDays() {}

    static void rebuild(Batch batch, Workshop workshop) {
        workshop.statement(SQL).bindDays(batch).execute();
    }
}
