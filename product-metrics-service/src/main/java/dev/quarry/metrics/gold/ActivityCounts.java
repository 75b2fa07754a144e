package dev.quarry.metrics.gold;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bucket;
import dev.quarry.rollup.RebuildContext;
import java.util.List;

/**
 * Writes the narrow rows that answers read, from the rows of the days. A day counts in its own row, in the rows of the
 * 29 days after it, whose week or month it belongs to, and in the row of the day before, whose sessions it may continue.
 */
final class ActivityCounts {
    /**
     * Adds up the days {@code counted} for each day that they count in. {@code counted} has the columns of
     * {@code activity_days}. Accepts arrays of different sizes, which a manual change may leave: a day that waits for its
     * repair must not stop the rebuild of the days around it.
     */
    static final String COUNTS = """
              contributions AS (
                SELECT *, day + distance AS counts_on, distance
                FROM counted
                ARRAY JOIN range(-1, 30) AS distance),
              counts AS (
                SELECT organization_id, counts_on AS day,
                  sumIf(active, distance = 0) AS day_active,
                  groupBitmapMergeIf(users, distance BETWEEN 0 AND 6) AS week_active,
                  groupBitmapMergeIf(users, distance BETWEEN 0 AND 29) AS month_active,
                  sumIf(tool_calls, distance = 0) AS day_tool_calls,
                  sumIf(sessions, distance = 0) AS day_sessions,
                  sumIf(milliseconds, distance = 0) + sumIf(continued_milliseconds, distance = -1) AS length,
                  sumMapIf(
                    if(distance = 0, feature, continued_feature),
                    if(
                      distance = 0,
                      arrayResize(feature_sessions, length(feature)),
                      arrayResize(continued_feature_sessions, length(continued_feature))),
                    distance IN (0, -1)) AS features
                FROM contributions
                GROUP BY organization_id, counts_on)
            """;

    /**
     * Rebuilt days whose numbers are not counted yet, because a pass was interrupted after it had written them. A day
     * that changed only because an earlier day did has no mark, so the next pass would not find it otherwise.
     */
    private static final String UNCOUNTED = """
            SELECT organization_id, day
            FROM (
              SELECT organization_id, day, max(version) AS rebuilt
              FROM activity_days
              WHERE organization_id IN {organizations:Array(String)}
              GROUP BY organization_id, day) AS days
            LEFT JOIN (
              SELECT organization_id, day, max(version) AS counted
              FROM activity_counts
              WHERE organization_id IN {organizations:Array(String)}
              GROUP BY organization_id, day) AS counts
            USING (organization_id, day)
            WHERE rebuilt > counted AND toDate32(day) + (SELECT days FROM event_retention) > toDate32(now('UTC'))
            """;

    private static final String SQL = """
            INSERT INTO activity_counts (organization_id, day, active, week_active, month_active, tool_calls,
              sessions, milliseconds, feature, feature_sessions, version)
            WITH
              counted AS (
                SELECT organization_id, day, users, active, tool_calls, sessions, milliseconds, continued_milliseconds,
                  feature, feature_sessions, continued_feature, continued_feature_sessions
                FROM activity_days FINAL
                WHERE (organization_id, day) IN (
                  SELECT changed.1, changed.2 + near
                  FROM (SELECT arrayJoin(arrayZip({organizations:Array(String)}, {days:Array(Date)})) AS changed)
                  ARRAY JOIN range(-30, 31) AS near)),
            """ + COUNTS + """
            SELECT organization_id, day, day_active, week_active, month_active, day_tool_calls, day_sessions, length,
              features.1, features.2, {version:UInt64}
            FROM (
              SELECT DISTINCT changed.1 AS organization_id, changed.2 + near AS day
              FROM (SELECT arrayJoin(arrayZip({organizations:Array(String)}, {days:Array(Date)})) AS changed)
              ARRAY JOIN range(-1, 30) AS near) AS asked
            LEFT JOIN counts USING (organization_id, day)
            SETTINGS min_insert_block_size_rows = 1000000, min_insert_block_size_bytes = 0
            """;

    private ActivityCounts() {}

    /** Counts the days that the batch has rebuilt. Idempotent. */
    static void rebuild(Batch batch, RebuildContext context) {
        List<Bucket> uncounted = context.statement(UNCOUNTED)
                .bindStrings(
                        "organizations",
                        batch.organizations().stream().distinct().toList())
                .list(Batches::bucket);
        context.statement(SQL).bindDays(Batches.with(batch, uncounted)).execute();
    }
}
