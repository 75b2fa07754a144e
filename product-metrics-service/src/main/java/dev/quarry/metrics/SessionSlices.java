package dev.quarry.metrics;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.numbers.Quotient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Sessions of slices, by the day they started on. A session has the profile of its first event. */
@ApplicationScoped
public class SessionSlices {
    private static final long MILLISECONDS = 1_000;

    /** The next day's row has the part of a session after midnight, so this reads one day more than requested. */
    private static final String UTC_SOURCE = """
            SELECT period, hash, n, milliseconds
            FROM (
              SELECT day AS period, hash, n, milliseconds
              FROM (
                SELECT day, started_profile, started_sessions, started_milliseconds
                FROM activity_days FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day < toDate32({end:DateTime64(3, 'UTC')}))
              ARRAY JOIN started_profile AS hash, started_sessions AS n, started_milliseconds AS milliseconds
              UNION ALL
              SELECT day - 1 AS period, hash, toUInt64(0) AS n, milliseconds
              FROM (
                SELECT day, continuing_profile, continuing_milliseconds
                FROM activity_days FINAL
                WHERE organization_id = {organization:String}
                  AND day > toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}))
              ARRAY JOIN continuing_profile AS hash, continuing_milliseconds AS milliseconds)
            """;

    private static final String ZONED_SOURCE = """
            SELECT local_day(began) AS period, hash, n, milliseconds
            FROM (
              SELECT
                arrayConcat(session_start, continued_start) AS starts,
                arrayConcat(session_profile, continued_profile) AS hashes,
                arrayConcat(
                  arrayMap(start -> toUInt64(1), session_start), arrayMap(start -> toUInt64(0), continued_start)) AS counts,
                arrayConcat(
                  arrayMap((start, end) -> toUInt64(dateDiff('millisecond', start, end)), session_start, session_end),
                  continued_length) AS lengths
              FROM activity_days FINAL
              WHERE organization_id = {organization:String}
                AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}) + 1)
            ARRAY JOIN starts AS began, hashes AS hash, counts AS n, lengths AS milliseconds
            WHERE began >= {start:DateTime64(3, 'UTC')} AND began < {end:DateTime64(3, 'UTC')}
            """;

    /** Single sessions, for percentiles. */
    private static final String WHOLE_SOURCE = """
            SELECT local_day(began) AS period, hash, toUInt64(1) AS n, toUInt64(piece) + more AS milliseconds
            FROM (
              SELECT id, began, hash, dateDiff('millisecond', began, ended) AS piece
              FROM (
                SELECT session, session_start, session_end, session_profile
                FROM activity_days FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}))
              ARRAY JOIN session AS id, session_start AS began, session_end AS ended, session_profile AS hash
              WHERE began >= {start:DateTime64(3, 'UTC')} AND began < {end:DateTime64(3, 'UTC')}) AS started
            LEFT JOIN (
              SELECT id, began, more
              FROM (
                SELECT continued, continued_start, continued_length
                FROM activity_days FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}) + 1)
              ARRAY JOIN continued AS id, continued_start AS began, continued_length AS more) AS continuing
            USING (id, began)
            """;

    private static final String FIRST = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day
            SELECT period, sum(day_sessions), sum(day_milliseconds),
              arraySort(groupArrayArray(day_lengths) AS all_lengths)[
                greatest(1, intDiv(length(all_lengths) * {percent:UInt8} + 99, 100))],
              place, any(key), max(group_count)
            FROM (
            """ + Slice.RANKED + """
              SELECT *, sum(day_sessions) OVER (PARTITION BY key) AS size
              FROM (
                SELECT period, key, sum(n) AS day_sessions, sum(milliseconds) AS day_milliseconds,
                  groupArrayIf(milliseconds, {percent:UInt8} > 0) AS day_lengths
                FROM (
            """;

    private static final String LAST = """
                ) AS sessions
                INNER JOIN (
                  SELECT DISTINCT hash,
            """ + Slice.KEY + """
                    AS key
                  FROM (
                    SELECT profile, profile_values
                    FROM activity_days FINAL
                    WHERE organization_id = {organization:String}
                      AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}))
                  ARRAY JOIN profile AS hash, profile_values AS of_values
                  WHERE
            """ + Slice.MATCHES + """
                ) AS profiles
                USING (hash)
                GROUP BY period, key)
            """ + Slice.END + """
            )
            ARRAY JOIN places AS place
            GROUP BY period, place
            """;

    private static final String UTC = FIRST + UTC_SOURCE + LAST;
    private static final String ZONED = FIRST + ZONED_SOURCE + LAST;
    private static final String PERCENTILES = FIRST + WHOLE_SOURCE + LAST;

    private final ClickHouse clickHouse;

    SessionSlices(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Numbers of sessions on days with any, in no order. */
    public List<SliceRow<TimeSeries.Point>> numbers(Caller caller, Period period, Slice slice) {
        return sums(caller, period, slice).list(SliceRow.mapping(row -> {
            var point = new TimeSeries.Point(row.nextDate(), row.nextLong());
            row.nextLong();
            row.nextLong();
            return point;
        }));
    }

    /**
     * Seconds that sessions took, on days with any, in no order.
     *
     * @param percent of the percentile, by nearest rank; 0 for the average
     */
    public List<SliceRow<TimeSeries.Point>> lengths(Caller caller, Period period, Slice slice, int percent) {
        Query query = percent == 0
                ? sums(caller, period, slice)
                : bind(clickHouse.query(caller, PERCENTILES), period, slice, percent);
        return query.list(SliceRow.mapping(row -> {
            var day = row.nextDate();
            long sessions = row.nextLong();
            long sum = row.nextLong();
            long percentile = row.nextLong();
            return new TimeSeries.Point(
                    day,
                    percent == 0 ? Quotient.of(sum, sessions * MILLISECONDS) : Quotient.of(percentile, MILLISECONDS));
        }));
    }

    private Query sums(Caller caller, Period period, Slice slice) {
        return bind(clickHouse.query(caller, period.isUtc() ? UTC : ZONED), period, slice, 0);
    }

    private static Query bind(Query query, Period period, Slice slice, int percent) {
        return slice.bind(LocalDays.bind(query, period.window())).bind("percent", percent);
    }
}
