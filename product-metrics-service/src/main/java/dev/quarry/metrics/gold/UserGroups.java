package dev.quarry.metrics.gold;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.RebuildContext;
import java.util.List;

/**
 * Counts users by each value of each dimension. A rebuild adds and subtracts its changes; once a day, when the oldest
 * events expire, the job counts all users of an organisation again.
 */
final class UserGroups {
    private static final String COUNTED = """
            SELECT organization_id
            FROM user_groups FINAL
            WHERE organization_id IN {organizations:Array(String)}
              AND border = toDate32(now('UTC')) - (SELECT days FROM event_retention)
            """;

    /**
     * Counts all users. If no user is left, the row has the current time. TTL might delete a row with an old time at
     * once, and an older row in another part would remain.
     */
    private static final String ALL = """
            INSERT INTO user_groups (organization_id, version, part, border, oldest_use, last_use, dimension, value, users)
            WITH
              toDate32(now('UTC')) - (SELECT days FROM event_retention) AS last_gone,
              counted AS (
                SELECT organization_id, name, chosen, count() AS choosers, min(last_use) AS first_choice,
                  max(last_use) AS last_choice
                FROM (
                  SELECT organization_id, last_use, profile
                  FROM users FINAL
                  WHERE organization_id IN {organizations:Array(String)}
                    AND toDate32(last_use) > last_gone AND notEmpty(profile))
                ARRAY JOIN
                  ['locale', 'country', 'client', 'device', 'platform', 'version'] AS name,
                  CAST(profile, 'Array(String)') AS chosen
                GROUP BY organization_id, name, chosen)
            SELECT organization_id, {version:UInt64}, {part:UInt16}, last_gone,
              if(empty(names), now64(3, 'UTC'), oldest), if(empty(names), now64(3, 'UTC'), newest), names, values, counts
            FROM (SELECT arrayJoin({organizations:Array(String)}) AS organization_id) AS asked
            LEFT JOIN (
              SELECT organization_id, min(first_choice) AS oldest, max(last_choice) AS newest,
                groupArray(name) AS names, groupArray(chosen) AS values, groupArray(choosers) AS counts
              FROM counted
              GROUP BY organization_id) AS groups
            USING (organization_id)
            """;

    /** A change that is counted already is not counted again. */
    private static final String CHANGES = """
            INSERT INTO user_groups (organization_id, version, part, border, oldest_use, last_use, dimension, value, users)
            WITH
              toDate32(now('UTC')) - (SELECT days FROM event_retention) AS last_gone,
              standing AS (
                SELECT organization_id, border, oldest_use, last_use, dimension, value, users
                FROM user_groups FINAL
                WHERE organization_id IN {organizations:Array(String)}
                  AND (version, part) < ({version:UInt64}, {part:UInt16})),
              changes AS (
                SELECT organization_id, change_use, toDate32(change_use) > last_gone AND notEmpty(said) AS is_counted,
                  said, change
                FROM user_changes FINAL
                ARRAY JOIN [old_last_use, last_use] AS change_use, [old_profile, profile] AS said, [-1, 1] AS change
                WHERE version = {version:UInt64} AND part = {part:UInt16}
                  AND organization_id IN {organizations:Array(String)} AND user_id != '' AND unsure = 0),
              summed AS (
                SELECT organization_id, name, chosen, sum(change) AS total
                FROM (
                  SELECT organization_id, name, chosen, toInt64(choosers) AS change
                  FROM standing ARRAY JOIN dimension AS name, value AS chosen, users AS choosers
                  UNION ALL
                  SELECT organization_id, name, chosen, toInt64(change) AS change
                  FROM (SELECT organization_id, said, change FROM changes WHERE is_counted)
                  ARRAY JOIN
                    ['locale', 'country', 'client', 'device', 'platform', 'version'] AS name,
                    CAST(said, 'Array(String)') AS chosen)
                GROUP BY organization_id, name, chosen
                HAVING total > 0)
            SELECT organization_id, {version:UInt64}, {part:UInt16}, border,
              if(newest > toDateTime64(0, 3, 'UTC'), least(oldest_use, oldest), oldest_use), greatest(last_use, newest),
              names, values, counts
            FROM standing
            LEFT JOIN (
              SELECT organization_id, groupArray(name) AS names, groupArray(chosen) AS values,
                groupArray(toUInt64(total)) AS counts
              FROM summed
              GROUP BY organization_id) AS groups
            USING (organization_id)
            LEFT JOIN (
              SELECT organization_id, min(change_use) AS oldest, max(change_use) AS newest
              FROM changes
              WHERE is_counted
              GROUP BY organization_id) AS uses
            USING (organization_id)
            """;

    private UserGroups() {}

    /** Call after {@link UserChanges#apply}. Idempotent. */
    static void apply(UserChanges.Applied applied, RebuildContext context) {
        List<String> counted = context.statement(COUNTED)
                .bindStrings("organizations", applied.organizations())
                .list(row -> row.nextString());
        List<String> uncounted = applied.organizations().stream()
                .filter(organization -> !counted.contains(organization))
                .toList();
        if (!counted.isEmpty()) {
            new UserChanges.Applied(applied.version(), applied.part(), counted)
                    .bindTo(context.statement(CHANGES))
                    .execute();
        }
        if (!uncounted.isEmpty()) {
            new UserChanges.Applied(applied.version(), applied.part(), uncounted)
                    .bindTo(context.statement(ALL))
                    .execute();
        }
    }

    /** Counts all users of the batch's organisations again. */
    static void recount(Batch batch, RebuildContext context) {
        UserChanges.Applied.of(batch, 0).bindTo(context.statement(ALL)).execute();
    }
}
