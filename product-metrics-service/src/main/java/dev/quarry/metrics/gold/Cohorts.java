package dev.quarry.metrics.gold;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.RebuildContext;

/** The users whose first ever use was on a day. */
final class Cohorts {
    /** A late event can move a user to an earlier cohort, a deleted event to a later one: both cohorts change. */
    private static final String SQL = """
            INSERT INTO cohorts (organization_id, day, version, size, users)
            WITH
              toDate('2149-01-01') AS never,
              moved AS (
                SELECT organization_id, number,
                  arrayJoin([(toDate(old_first_use), 0), (toDate(first_use), 1)]) AS move, move.1 AS day, move.2 AS joins
                FROM user_changes FINAL
                WHERE version = {version:UInt64} AND part = {part:UInt16}
                  AND organization_id IN {organizations:Array(String)} AND user_id != '' AND unsure = 0
                  AND toDate(old_first_use) != toDate(first_use)),
              moves AS (
                SELECT organization_id, day,
                  groupBitmapStateIf(number, joins = 0) AS leaving, groupBitmapStateIf(number, joins = 1) AS joining
                FROM moved
                WHERE day != never
                GROUP BY organization_id, day)
            SELECT organization_id, day, {version:UInt64}, bitmapCardinality(members),
              bitmapOr(bitmapAndnot(users, leaving), joining) AS members
            FROM moves
            LEFT JOIN (
              SELECT organization_id, day, users
              FROM cohorts FINAL
              WHERE (organization_id, day) IN (SELECT organization_id, day FROM moves)) AS standing
            USING (organization_id, day)
            """;

    private static final String RECOUNT = """
            INSERT INTO cohorts (organization_id, day, version, size, users)
            SELECT organization_id, day, {version:UInt64}, bitmapCardinality(members), members
            FROM (
              SELECT bucket.1 AS organization_id, bucket.2 AS day
              FROM (SELECT arrayJoin(arrayZip({organizations:Array(String)}, {days:Array(Date)})) AS bucket)) AS asked
            LEFT JOIN (
              SELECT organization_id, toDate(first_use) AS day, groupBitmapState(number) AS members
              FROM users FINAL
              WHERE organization_id IN {organizations:Array(String)}
                AND (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
              GROUP BY organization_id, day) AS arrived
            USING (organization_id, day)
            """;

    private Cohorts() {}

    /** Idempotent. */
    static void apply(UserChanges.Applied applied, RebuildContext context) {
        applied.bindTo(context.statement(SQL)).execute();
    }

    /** Writes the cohorts of the batch's days again, from the users. */
    static void recount(Batch batch, RebuildContext context) {
        context.statement(RECOUNT).bindDays(batch).execute();
    }
}
