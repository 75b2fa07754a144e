package dev.quarry.metrics.gold;

import dev.quarry.refining.Batch;
import dev.quarry.refining.Workshop;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives every user of an organisation a number, counting up from 1, so that sets of users are small bitmaps. PostgreSQL
 * sets the numbers aside before they are used, so that no two users ever share one: not after a restart, and not if a job
 * that was taken for dead still writes. Should one user thus come by two numbers, the larger is the user's from then on.
 */
final class UserNumbers {
    /** Numbers already in use are looked up, in case PostgreSQL was set up anew beside an older ClickHouse. */
    private static final String NEWCOMERS = """
            WITH
              seen AS (
                SELECT DISTINCT organization_id, user_id
                FROM events
                WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  AND user_id != ''),
              newcomers AS (
                SELECT organization_id, count() AS unnumbered
                FROM seen
                LEFT ANTI JOIN (
                  SELECT organization_id, user_id
                  FROM users
                  WHERE number > 0 AND (organization_id, user_id) IN seen) AS known
                USING (organization_id, user_id)
                GROUP BY organization_id)
            SELECT organization_id, unnumbered, toUInt64(used.highest)
            FROM newcomers
            LEFT JOIN (
              SELECT organization_id, max(number) AS highest
              FROM users
              WHERE organization_id IN (SELECT organization_id FROM newcomers)
              GROUP BY organization_id) AS used
            USING (organization_id)
            """;

    /** Whoever appeared since the numbers were set aside goes without one until the next pass, which their mark brings. */
    private static final String NUMBERS = """
            INSERT INTO users (organization_id, user_id, number, first_use, last_use)
            WITH
              seen AS (
                SELECT organization_id, user_id, min(time) AS first_seen, max(time) AS last_seen
                FROM events
                WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  AND organization_id IN {newcomers:Array(String)}
                  AND user_id != ''
                GROUP BY organization_id, user_id),
              ranked AS (
                SELECT organization_id, user_id, first_seen, last_seen,
                  row_number() OVER (PARTITION BY organization_id ORDER BY user_id) AS rank
                FROM seen
                LEFT ANTI JOIN (
                  SELECT organization_id, user_id
                  FROM users
                  WHERE number > 0 AND (organization_id, user_id) IN (SELECT organization_id, user_id FROM seen)) AS known
                USING (organization_id, user_id))
            SELECT organization_id, user_id,
              toUInt32(transform(organization_id, {newcomers:Array(String)}, {firsts:Array(UInt64)}, toUInt64(0)) + rank - 1),
              first_seen, last_seen
            FROM ranked
            WHERE rank <= transform(organization_id, {newcomers:Array(String)}, {counts:Array(UInt64)}, toUInt64(0))
            """;

    private record Newcomers(String organization, long count, long highest) {}

    private UserNumbers() {}

    static void assign(Batch batch, Workshop workshop) {
        List<Newcomers> newcomers = workshop.statement(NEWCOMERS)
                .bindStrings("organizations", batch.organizations())
                .bindDays("days", batch.days())
                .list(row -> new Newcomers(row.nextString(), row.nextLong(), row.nextLong()));
        if (newcomers.isEmpty()) {
            return;
        }
        List<Long> firsts = new ArrayList<>();
        for (Newcomers of : newcomers) {
            firsts.add(workshop.reserve("users." + of.organization(), of.count(), of.highest()));
        }
        workshop.statement(NUMBERS)
                .bindStrings("organizations", batch.organizations())
                .bindDays("days", batch.days())
                .bindStrings(
                        "newcomers",
                        newcomers.stream().map(Newcomers::organization).toList())
                .bindNumbers("firsts", firsts)
                .bindNumbers("counts", newcomers.stream().map(Newcomers::count).toList())
                .execute();
    }
}
