package dev.quarry.metrics.gold;

import dev.quarry.refining.Batch;
import dev.quarry.refining.Workshop;

/** Who was active on a day, and what they called. */
final class ActivityDays {
    /** FINAL, because calls are counted, and a redelivered call is still one call. */
    private static final String SQL = """
            INSERT INTO activity_days (organization_id, day, version, events, tool_calls, active, users,
              caller, caller_tool_calls,
              quarter, quarter_tool_calls, quarter_users, quarter_caller, quarter_caller_tool_calls)
            WITH
              used AS (
                SELECT organization_id, day, toUInt8(intDiv(toHour(time) * 60 + toMinute(time), 15)) AS part, user_id,
                  count() AS uses, countIf(kind = 'tool_call') AS calls
                FROM events FINAL
                WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
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
                SELECT organization_id, day, part, user, uses, calls
                FROM used LEFT JOIN known USING (organization_id, user_id)
                WHERE user > 0 OR user_id = ''),
              parts AS (
                SELECT organization_id, day, part, sum(uses) AS part_uses, sum(calls) AS part_calls,
                  groupBitmapStateIf(user, user > 0) AS part_users,
                  groupArrayIf((user, toUInt32(calls)), user > 0 AND calls > 0) AS part_callers
                FROM numbered
                GROUP BY organization_id, day, part)
            SELECT organization_id, day, {version:UInt64}, sum(part_uses), sum(part_calls),
              groupBitmapMerge(part_users), groupBitmapMergeState(part_users),
              (sumMap(part_callers.1, part_callers.2) AS day_callers).1, day_callers.2,
              groupArray(part), groupArray(part_calls), groupArray(part_users),
              groupArray(part_callers.1), groupArray(part_callers.2)
            FROM parts
            GROUP BY organization_id, day
            """;

    private ActivityDays() {}

    static void rebuild(Batch batch, Workshop workshop) {
        workshop.statement(SQL).bindDays(batch).execute();
    }
}
