package dev.quarry.metrics.gold;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bucket;
import dev.quarry.rollup.RebuildContext;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Groups events into sessions. Events with the same session_id are one session. A user's events without session_id are
 * one session until a pause of more than 30 minutes. An event 24 hours or more after the first event of its session
 * starts the next session. Events with neither session_id nor user belong to no session.
 *
 * <p>A session is shorter than 24 hours, so it touches two days at most. A day's sessions depend on earlier days only
 * through the sessions that were open when the day before ended, and the row of the day before has these.
 */
final class Sessions {
    /**
     * The pieces of sessions on the days of a batch: {@code piece_day}, {@code session}, {@code start} of the session,
     * {@code first} and {@code last} event of the day, all in milliseconds since 1970, and {@code used}, the features.
     * A session {@code continued} from the day before also has {@code previous_last} and {@code previous_used} of that
     * day. {@code first_profile} is that of the session's first event; of events at the same time, the one with the
     * smallest id is first. Reads only the sessions in {@code wanted}, unless {@code all_wanted}.
     *
     * <p>A session that was open at the end of a day outside the batch is added to the events: as an element at the
     * time of its last event, with the start of the session.
     */
    static final String PIECES = """
              uses AS (
                SELECT organization_id,
                  if(session_id != '',
                    bitShiftLeft(reinterpretAsUInt128(sipHash128(session_id)), 1),
                    bitOr(bitShiftLeft(reinterpretAsUInt128(sipHash128(user_id)), 1), toUInt128(1))) AS session,
                  (toUnixTimestamp64Milli(time), toInt64(0), toUInt128(event_id), CAST(feature, 'String'),
                    reinterpretAsUInt128(sipHash128(locale, country, client, device, platform, version))) AS element
                FROM events FINAL
                WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  AND (session_id != '' OR user_id != '')
                  AND (all_wanted OR (organization_id, session) IN wanted)
                  AND
            """ + ExcludedUsers.NOT_EXCLUDED + """
              ),
              under_way AS (
                SELECT organization_id, day, session, argMax((began, ended, features, first_profile), began) AS newest
                FROM activity_days FINAL
                ARRAY JOIN session AS session, session_start AS began, session_end AS ended, session_features AS features,
                  session_profile AS first_profile
                WHERE (organization_id, day) IN arrayMap(
                    bucket -> (bucket.1, bucket.2 - 1), arrayZip({organizations:Array(String)}, {days:Array(Date)}))
                  AND (organization_id, day) NOT IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                  AND (bitAnd(toUInt8(session), 1) = 0 OR ended >= toDateTime64(day + 1, 3, 'UTC') - toIntervalMinute(30))
                  AND (all_wanted OR (organization_id, session) IN wanted)
                GROUP BY organization_id, day, session),
              gathered AS (
                SELECT organization_id, session, arraySort(groupArray(element)) AS elements,
                  arrayPushFront(
                    arrayPopBack(elements), (toInt64(0), toInt64(0), toUInt128(0), '', toUInt128(0))) AS preceding,
                  arraySplit(
                    (element, before) -> element.2 != 0 AND element.2 != before.2
                      OR bitAnd(toUInt8(session), 1) = 1 AND element.1 - before.1 > 30 * 60 * 1000,
                    elements, preceding) AS stretches
                FROM (
                  SELECT organization_id, session, element FROM uses
                  UNION ALL
                  SELECT organization_id, session,
                    (toUnixTimestamp64Milli(newest.2), toUnixTimestamp64Milli(newest.1), toUInt128(0), name, newest.4)
                      AS element
                  FROM under_way ARRAY JOIN if(empty(newest.3), [''], CAST(newest.3, 'Array(String)')) AS name)
                GROUP BY organization_id, session),
              cut AS (
                SELECT organization_id, session, stretch, stretch.1 AS times,
                  if(stretch[1].2 != 0, stretch[1].2, times[1]) AS origin,
                  arrayFold(
                    (found, turn) -> if(
                      times[-1] < found[-1] + 86400000,
                      found,
                      arrayPushBack(found, arrayFirst(at -> at >= found[-1] + 86400000, times))),
                    range(toUInt64(intDiv(times[-1] - origin, 86400000))),
                    [origin]) AS starts,
                  arrayMap(at -> (arrayLast(start -> start <= at, starts), intDiv(at, 86400000)), times) AS places,
                  arraySplit(
                    (element, place, before) -> place != before,
                    stretch, places, arrayPushFront(arrayPopBack(places), places[1])) AS parts,
                  arraySplit(
                    (place, before) -> place != before,
                    places, arrayPushFront(arrayPopBack(places), places[1])) AS part_places
                FROM gathered ARRAY JOIN stretches AS stretch),
              pieces AS (
                SELECT organization_id, session, part_place[1].1 AS start, toDate(part_place[1].2) AS piece_day,
                  part[1].1 AS first, part[-1].1 AS last,
                  arraySort(arrayDistinct(arrayFilter(name -> name != '', part.4))) AS used,
                  intDiv(start, 86400000) != part_place[1].2 AS continued,
                  before[-1].1 AS previous_last,
                  arraySort(arrayDistinct(arrayFilter(name -> name != '', before.4))) AS previous_used,
                  if(continued, before[1].5, part[1].5) AS first_profile
                FROM cut
                ARRAY JOIN parts AS part, part_places AS part_place,
                  arrayPushFront(arrayPopBack(parts), arraySlice(parts[1], 1, 0)) AS before
                WHERE (organization_id, piece_day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)}))
            """;

    /**
     * Later days whose sessions are outdated. Each day was stored with the sum of hashes of the day before; the day is
     * outdated if the batch now gives another sum.
     */
    private static final String FOLLOWING = """
            WITH
              false AS all_wanted,
              following AS (
                SELECT organization_id, day, links,
                  arrayConcat(session, continued) AS sessions,
                  arrayConcat(session_start, continued_first) AS firsts
                FROM activity_days FINAL
                WHERE (organization_id, day) IN arrayMap(
                    bucket -> (bucket.1, bucket.2 + 1), arrayZip({organizations:Array(String)}, {days:Array(Date)}))
                  AND (organization_id, day) NOT IN arrayZip({organizations:Array(String)}, {days:Array(Date)})),
              wanted AS (
                SELECT organization_id, arrayJoin(sessions) AS session FROM following),
            """ + PIECES + """
              , last_sessions AS (
                SELECT organization_id, piece_day + 1 AS day, session,
                  argMax((start, last, used, first_profile), start) AS newest
                FROM pieces
                WHERE NOT continued
                GROUP BY organization_id, piece_day, session),
              first_uses AS (
                SELECT organization_id, day, session, min(toUnixTimestamp64Milli(first)) AS first
                FROM following ARRAY JOIN sessions AS session, firsts AS first
                GROUP BY organization_id, day, session),
              linked AS (
                SELECT organization_id, day,
                  sum(cityHash64(session, newest.1, newest.2, newest.3, newest.4)) AS new_links
                FROM first_uses
                INNER JOIN last_sessions USING (organization_id, day, session)
                WHERE first < newest.1 + 86400000
                  AND (bitAnd(toUInt8(session), 1) = 0 OR first - newest.2 <= 30 * 60 * 1000)
                GROUP BY organization_id, day)
            SELECT organization_id, day
            FROM following LEFT JOIN linked USING (organization_id, day)
            WHERE links != new_links
            """;

    private static final String REBUILT = """
            SELECT DISTINCT organization_id, day
            FROM activity_days
            WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
            """;

    private Sessions() {}

    /**
     * A batch with later days.
     *
     * @param left days right after those of the batch whose sessions change too, but which are too many for it
     */
    record WithFollowing(Batch batch, List<Bucket> left) {}

    /**
     * The batch with the later days whose sessions change with it, including days that another batch will rebuild, so
     * that readers see consistent days in between. A session that never pauses can change all later days, so each step
     * adds more days than the one before, as long as all of them have at most so many events. The first step always adds
     * its days, because most sessions end there.
     */
    static WithFollowing withFollowing(Batch batch, long mostEvents, RebuildContext context) {
        Batch read = batch;
        for (int days = 1; ; days *= 2) {
            List<Bucket> following = following(read, context);
            if (following.isEmpty()) {
                return new WithFollowing(read, following);
            }
            List<Bucket> more = rebuilt(next(following, days), context);
            if (days > 1) {
                more = fitting(read, more, mostEvents, context);
            }
            if (more.isEmpty()) {
                return new WithFollowing(read, following);
            }
            read = Batches.with(read, more);
        }
    }

    /** The first of the days, by organisation and day, that have at most so many events together with the batch. */
    private static List<Bucket> fitting(Batch batch, List<Bucket> days, long mostEvents, RebuildContext context) {
        List<Bucket> fitting = new ArrayList<>();
        long events = DaySizes.of(batch, context).stream()
                .mapToLong(DaySizes.Sized::events)
                .sum();
        Set<Bucket> taken = new HashSet<>(batch.buckets());
        for (DaySizes.Sized day : DaySizes.of(new Batch(batch.version(), days), context)) {
            if (taken.contains(day.bucket())) {
                continue;
            }
            events += day.events();
            if (events > mostEvents) {
                break;
            }
            fitting.add(day.bucket());
        }
        return fitting;
    }

    private static List<Bucket> following(Batch batch, RebuildContext context) {
        Set<Bucket> taken = new HashSet<>(batch.buckets());
        List<Bucket> next = next(batch.buckets(), 2).stream()
                .filter(bucket -> !taken.contains(bucket))
                .toList();
        if (rebuilt(next, context).isEmpty()) {
            return List.of();
        }
        return context.statement(FOLLOWING)
                .bindStrings("organizations", batch.organizations())
                .bindDays("days", batch.days())
                .list(Batches::bucket);
    }

    private static List<Bucket> rebuilt(List<Bucket> days, RebuildContext context) {
        if (days.isEmpty()) {
            return List.of();
        }
        return context.statement(REBUILT)
                .bindStrings(
                        "organizations", days.stream().map(Bucket::organization).toList())
                .bindDays("days", days.stream().map(Batches::day).toList())
                .list(Batches::bucket);
    }

    /** These days, each with the days after it, up to the given number in all. */
    private static List<Bucket> next(List<Bucket> days, int count) {
        return days.stream()
                .flatMap(day -> IntStream.range(0, count)
                        .mapToObj(later ->
                                new Bucket(day.organization(), day.start().plus(later, ChronoUnit.DAYS))))
                .distinct()
                .toList();
    }
}
