package dev.quarry.metrics.gold;

import dev.quarry.refining.Batch;
import dev.quarry.refining.Workshop;

/** The users whose first ever use was on a day. */
final class Cohorts {
    /** A late event can make a user older: whoever now is of one of these days leaves the cohort of any other. */
    private static final String SQL = """
            INSERT INTO cohorts (organization_id, day, version, size, users)
            WITH
              active AS (
                SELECT organization_id, user_id, max(number) AS user, toDate(min(first_use)) AS first_day
                FROM users
                WHERE (organization_id, user_id) IN (
                  SELECT organization_id, user_id
                  FROM events
                  WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                    AND user_id != '')
                GROUP BY organization_id, user_id
                HAVING user > 0),
              arrived AS (
                SELECT organization_id, first_day, groupBitmapState(user) AS arrivals
                FROM active
                WHERE (organization_id, first_day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                GROUP BY organization_id, first_day),
              gathered AS (
                SELECT organization_id, groupBitmapMergeState(arrivals) AS moved
                FROM arrived
                GROUP BY organization_id)
            SELECT organization_id, first_day, {version:UInt64}, bitmapCardinality(arrivals), arrivals
            FROM arrived
            UNION ALL
            SELECT organization_id, day, {version:UInt64}, bitmapAndnotCardinality(users, moved), bitmapAndnot(users, moved)
            FROM cohorts FINAL
            INNER JOIN gathered USING (organization_id)
            WHERE (organization_id, day) NOT IN (SELECT organization_id, first_day FROM arrived)
              AND bitmapHasAny(users, moved)
            """;

    private Cohorts() {}

    static void rebuild(Batch batch, Workshop workshop) {
        workshop.statement(SQL).bindDays(batch).execute();
    }
}
