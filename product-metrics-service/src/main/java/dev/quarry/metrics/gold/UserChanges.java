package dev.quarry.metrics.gold;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bucket;
import dev.quarry.rollup.RebuildContext;
import dev.quarry.rollup.RollupStatement;
import java.util.List;

/**
 * Finds the changes that a rebuild makes to users, and stores them before they are applied.
 *
 * <p>A user's state is the first use and its dimensions, the last use, and the newest value of each dimension. A
 * rebuild reads again the users of the rebuilt days, and the users whose first use, last use or newest value was on such
 * a day. If the events of these are gone, another day has them. The activity of the days shows which days come into
 * question, and only these days are then read too.
 *
 * <p>Every new user gets a number, counting up from 1 in each organisation. PostgreSQL reserves the numbers before they
 * are used, so that two users never share one: not after a restart, and not if a job that was considered dead still
 * writes.
 */
final class UserChanges {
    /**
     * Counts users instead of joining them: a join takes twice the time. Also reads the highest number in use, in case
     * PostgreSQL was set up anew and ClickHouse has older users.
     */
    private static final String NEWCOMERS = """
            WITH
              seen AS (
                SELECT DISTINCT organization_id, user_id
                FROM events
                WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  AND user_id != ''
                  AND
            """ + ExcludedUsers.NOT_EXCLUDED + """
              ),
              counted AS (
                SELECT organization_id, count() AS users_seen
                FROM seen
                GROUP BY organization_id),
              known AS (
                SELECT organization_id, uniqExact(user_id) AS users_known
                FROM users
                WHERE (organization_id, user_id) IN seen
                GROUP BY organization_id),
              used AS (
                SELECT organization_id, max(number) AS highest
                FROM users
                WHERE organization_id IN {organizations:Array(String)}
                GROUP BY organization_id)
            SELECT organization_id, users_seen - users_known AS unnumbered, toUInt64(highest)
            FROM counted
            LEFT JOIN known USING (organization_id)
            LEFT JOIN used USING (organization_id)
            WHERE unnumbered > 0
            """;

    /**
     * Scans all users of the organisations by their times, which costs the engine 50 ms for a million users. Only a
     * scan finds the users whose first or last use, or newest value, was on a rebuilt day and no longer exists.
     *
     * <p>The newest event has the greatest number made of time and id: the id decides between equal times. Comparing
     * one number takes a third of the time of comparing a tuple. An event without a value of a dimension leaves the
     * user's value as it is.
     *
     * <p>New users may appear after the numbers were reserved, and take numbers that were reserved for others. Those who
     * are left without a number are stored as unsure, and get theirs in another attempt.
     */
    private static final String CHANGES = """
            INSERT INTO user_changes (organization_id, version, part, user_id, attempt, unsure, number,
              old_first_use, first_use, old_last_use, last_use, old_profile, profile, old_profile_times, profile_times,
              first_profile)
            WITH
              toDateTime64('2149-01-01 00:00:00', 3, 'UTC') AS never,
              toDateTime64(0, 3, 'UTC') AS long_ago,
              toDateTime64(arrayMin({days:Array(Date)}), 3, 'UTC') AS begin,
              toDateTime64(arrayMax({days:Array(Date)}) + 1, 3, 'UTC') AS end,
              asked AS (
                SELECT organization_id, user_id
                FROM user_changes FINAL
                WHERE version = {version:UInt64} AND part = {part:UInt16} AND unsure = 1),
              used AS (
                SELECT organization_id, user_id, true AS is_used, min(time) AS first_used, max(time) AS last_used,
                  argMin(CAST([locale, country, client, device, platform, version], 'Array(String)'), moment) AS oldest,
                  [
                    argMaxIf(locale, moment, locale != ''),
                    argMaxIf(country, moment, country != ''),
                    argMaxIf(client, moment, client != ''),
                    argMaxIf(device, moment, device != ''),
                    argMaxIf(platform, moment, platform != ''),
                    argMaxIf(version, moment, version != '')
                  ] AS newest,
                  [
                    maxIf(time, locale != ''),
                    maxIf(time, country != ''),
                    maxIf(time, client != ''),
                    maxIf(time, device != ''),
                    maxIf(time, platform != ''),
                    maxIf(time, version != '')
                  ] AS newest_times
                FROM (
                  SELECT organization_id, user_id, time, locale, country, client, device, platform, version,
                    bitShiftLeft(toUInt256(toUnixTimestamp64Milli(time)), 128) + toUInt128(event_id) AS moment
                  FROM events FINAL
                  WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                    AND user_id != ''
                    AND ({attempt:UInt16} = 1 OR (organization_id, user_id) IN asked)
                    AND
            """ + ExcludedUsers.NOT_EXCLUDED + """
                )
                GROUP BY organization_id, user_id),
              stored AS (
                SELECT organization_id, user_id, number, first_use, last_use, profile, profile_times, first_profile,
                  (organization_id, toDate(first_use)) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                    AS reads_first,
                  (organization_id, toDate(last_use)) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                    AS reads_last,
                  [
                    (organization_id, toDate(profile_times[1])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)}),
                    (organization_id, toDate(profile_times[2])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)}),
                    (organization_id, toDate(profile_times[3])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)}),
                    (organization_id, toDate(profile_times[4])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)}),
                    (organization_id, toDate(profile_times[5])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)}),
                    (organization_id, toDate(profile_times[6])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  ] AS reads_values
                FROM users FINAL
                WHERE organization_id IN {organizations:Array(String)}
                  AND ({attempt:UInt16} = 1 OR (organization_id, user_id) IN asked)
                  AND (organization_id, user_id) IN (
                    SELECT organization_id, user_id
                    FROM events
                    WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                      AND user_id != ''
                    UNION ALL
                    SELECT organization_id, user_id
                    FROM users
                    WHERE organization_id IN {organizations:Array(String)}
                      AND (first_use >= begin AND first_use < end OR last_use >= begin AND last_use < end
                        OR arrayExists(moment -> moment >= begin AND moment < end, profile_times))
                      AND ((organization_id, toDate(first_use))
                          IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                        OR (organization_id, toDate(last_use))
                          IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                        OR (organization_id, toDate(profile_times[1])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                        OR (organization_id, toDate(profile_times[2])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                        OR (organization_id, toDate(profile_times[3])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                        OR (organization_id, toDate(profile_times[4])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                        OR (organization_id, toDate(profile_times[5])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                        OR (organization_id, toDate(profile_times[6])) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})))),
              compared AS (
                SELECT organization_id, user_id, number,
                  if(number > 0, first_use, never) AS old_first,
                  if(number > 0, last_use, long_ago) AS old_last,
                  if(number > 0 AND NOT reads_first, first_use, never) AS other_first,
                  if(number > 0 AND NOT reads_last, last_use, long_ago) AS other_last,
                  least(if(is_used, first_used, never), other_first, if(other_last > long_ago, other_last, never)) AS new_first,
                  if(new_first = never, long_ago, greatest(if(is_used, last_used, long_ago), other_last, new_first)) AS new_last,
                  CAST(first_profile, 'Array(String)') AS old_first_profile,
                  CAST(profile, 'Array(String)') AS old_profile,
                  multiIf(
                    new_first = never, [],
                    is_used AND first_used = new_first, oldest,
                    other_first = new_first, old_first_profile,
                    old_profile) AS new_first_profile,
                  profile_times AS old_times,
                  arrayResize(newest_times, 6) AS read_times,
                  arrayMap(
                    (moment, is_read) -> if(is_read, long_ago, moment),
                    arrayResize(old_times, 6), arrayResize(reads_values, 6)) AS other_times,
                  if(new_first = never, [], arrayMap(
                    (is_newer, read_value, other_value, other_time) ->
                      multiIf(is_newer, read_value, other_time > long_ago, other_value, ''),
                    arrayMap((read_time, other_time) -> read_time > other_time, read_times, other_times),
                    arrayResize(CAST(newest, 'Array(String)'), 6), arrayResize(old_profile, 6), other_times)) AS new_profile,
                  if(new_first = never, [], arrayMap(
                    (read_time, other_time) -> greatest(read_time, other_time), read_times, other_times)) AS new_times,
                  NOT {certain:Bool} AND number > 0
                    AND (reads_first AND toDate(new_first) > toDate(first_use)
                      OR reads_last AND toDate(new_last) < toDate(last_use)
                      OR arrayExists(
                        (is_read, old_time, new_time) -> is_read AND toDate(new_time) < toDate(old_time),
                        arrayResize(reads_values, 6), arrayResize(old_times, 6), arrayResize(new_times, 6))) AS is_unsure
                FROM used FULL JOIN stored USING (organization_id, user_id)
                WHERE {attempt:UInt16} > 1 OR is_unsure OR number = 0
                  OR new_first != old_first OR new_last != old_last
                  OR new_profile != old_profile OR new_times != old_times OR new_first_profile != old_first_profile),
              ranked AS (
                SELECT *, row_number() OVER (PARTITION BY organization_id, number = 0 ORDER BY user_id) AS rank,
                  number = 0
                    AND rank > transform(organization_id, {newcomers:Array(String)}, {counts:Array(UInt64)}, toUInt64(0))
                    AS has_no_number
                FROM compared)
            SELECT organization_id, {version:UInt64}, {part:UInt16}, user_id, {attempt:UInt16},
              is_unsure OR has_no_number,
              multiIf(
                has_no_number, 0,
                number > 0, number,
                toUInt32(transform(organization_id, {newcomers:Array(String)}, {firsts:Array(UInt64)}, toUInt64(0)) + rank - 1)),
              old_first, new_first, old_last, new_last, old_profile, new_profile, old_times, new_times,
              new_first_profile
            FROM ranked
            """;

    /** Organisations with unsure users, and how many of these have no number. */
    private static final String UNSURE = """
            SELECT organization_id, countIf(number = 0)
            FROM user_changes FINAL
            WHERE version = {version:UInt64} AND part = {part:UInt16} AND unsure = 1
            GROUP BY organization_id
            """;

    /**
     * For each user whose first use, last use or newest values are unsure, the nearest {@code many} days that have not
     * been read yet: most of them may have no value, or the user may be excluded on them. Days whose events TTL may have
     * deleted in part do not count.
     */
    private static final String NEAREST = """
            WITH
              asked AS (
                SELECT organization_id, number, toDate(old_first_use) AS old_first, toDate(first_use) AS new_first,
                  toDate(old_last_use) AS old_last, toDate(last_use) AS new_last,
                  arrayFilter(gap -> gap.1 > gap.2, arrayMap(
                    (old_time, new_time) -> (toDate(old_time), toDate(new_time)),
                    arrayResize(old_profile_times, 6), arrayResize(profile_times, 6))) AS gaps
                FROM user_changes FINAL
                WHERE version = {version:UInt64} AND part = {part:UInt16} AND unsure = 1),
              active AS (
                SELECT organization_id, day, arrayJoin(bitmapToArray(bitmapAnd(users, wanted))) AS number
                FROM activity_days FINAL
                INNER JOIN (
                  SELECT organization_id, groupBitmapState(number) AS wanted
                  FROM asked
                  GROUP BY organization_id) AS of_organizations
                USING (organization_id)
                WHERE organization_id IN {organizations:Array(String)}
                  AND (organization_id, day) NOT IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  AND toDate32(day) + (SELECT days FROM event_retention) > toDate32(now('UTC'))
                  AND bitmapHasAny(users, wanted)),
              nearest AS (
                SELECT organization_id, number,
                  arraySlice(
                    arraySort(groupArrayIf(day, day > old_first AND day <= new_first)), 1, {many:UInt32}) AS following,
                  arraySlice(
                    arrayReverseSort(groupArrayIf(day, day < old_last AND day >= new_last)), 1, {many:UInt32})
                    AS preceding,
                  arraySlice(
                    arrayReverseSort(groupArrayIf(day, arrayExists(gap -> day < gap.1 AND day >= gap.2, gaps))),
                    1, {many:UInt32}) AS with_values
                FROM active INNER JOIN asked USING (organization_id, number)
                GROUP BY organization_id, number)
            SELECT DISTINCT organization_id, arrayJoin(arrayConcat(following, preceding, with_values)) AS nearest_day
            FROM nearest
            """;

    private static final String USERS = """
            INSERT INTO users (organization_id, user_id, version, number, first_use, last_use, profile, profile_times,
              first_profile)
            SELECT organization_id, user_id, version, number, first_use, last_use, profile, profile_times, first_profile
            FROM user_changes FINAL
            WHERE version = {version:UInt64} AND part = {part:UInt16}
              AND organization_id IN {organizations:Array(String)} AND user_id != '' AND unsure = 0
            """;

    private static final int MOST_DOUBLINGS = 20;

    /** @param highest a number known to be in use; 0 if PostgreSQL knows all */
    private record Newcomers(String organization, long count, long highest) {}

    private UserChanges() {}

    /** Finds and stores the changes. Storing them again replaces them. */
    static void find(Batch batch, int part, RebuildContext context) {
        List<Newcomers> newcomers = context.statement(NEWCOMERS)
                .bindStrings("organizations", batch.organizations())
                .bindDays("days", batch.days())
                .list(row -> new Newcomers(row.nextString(), row.nextLong(), row.nextLong()));
        Batch read = batch;
        boolean certain = false;
        for (int attempt = 1; ; attempt++) {
            bindNumbers(context.statement(CHANGES), newcomers, context)
                    .bindDays(read)
                    .bind("part", part)
                    .bind("attempt", attempt)
                    .bind("certain", certain)
                    .execute();
            List<Newcomers> unsure = unsure(batch, part, context);
            if (certain || unsure.isEmpty()) {
                return;
            }
            newcomers = unsure.stream().filter(of -> of.count() > 0).toList();
            List<Bucket> nearest = nearest(read, part, attempt, context);
            // If no other day is left to read, the users' states are certain.
            certain = nearest.isEmpty();
            read = Batches.with(read, nearest);
        }
    }

    /** Reserves a number for each newcomer. */
    private static RollupStatement bindNumbers(
            RollupStatement statement, List<Newcomers> newcomers, RebuildContext context) {
        List<Long> firsts = newcomers.stream()
                .map(of -> context.reserve("users." + of.organization(), of.count(), of.highest()))
                .toList();
        return statement
                .bindStrings(
                        "newcomers",
                        newcomers.stream().map(Newcomers::organization).toList())
                .bindNumbers("firsts", firsts)
                .bindNumbers("counts", newcomers.stream().map(Newcomers::count).toList());
    }

    /** Applies the changes to {@code users}. Idempotent. */
    static void apply(Applied applied, RebuildContext context) {
        applied.bindTo(context.statement(USERS)).execute();
    }

    /** Organisations with unsure users; those of them without a number are newcomers. */
    private static List<Newcomers> unsure(Batch batch, int part, RebuildContext context) {
        return bindPart(context.statement(UNSURE), batch, part)
                .list(row -> new Newcomers(row.nextString(), row.nextLong(), 0));
    }

    private static List<Bucket> nearest(Batch read, int part, int attempt, RebuildContext context) {
        return bindPart(context.statement(NEAREST), read, part)
                .bind("many", 1L << Math.min(attempt - 1, MOST_DOUBLINGS))
                .bindStrings("organizations", read.organizations())
                .bindDays("days", read.days())
                .list(Batches::bucket);
    }

    private static RollupStatement bindPart(RollupStatement statement, Batch batch, int part) {
        return statement.bind("version", batch.version()).bind("part", part);
    }

    /**
     * Changes to apply.
     *
     * @param version of the rebuild that found them
     */
    record Applied(long version, int part, List<String> organizations) {
        static Applied of(Batch batch, int part) {
            return new Applied(
                    batch.version(),
                    part,
                    batch.organizations().stream().distinct().toList());
        }

        RollupStatement bindTo(RollupStatement statement) {
            return statement.bind("version", version).bind("part", part).bindStrings("organizations", organizations);
        }
    }
}
