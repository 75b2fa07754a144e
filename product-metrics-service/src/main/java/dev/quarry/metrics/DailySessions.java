package dev.quarry.metrics;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.LocalDate;
import java.util.List;

/** Sessions by the day they started on, and their lengths. */
@ApplicationScoped
public class DailySessions {
    /**
     * How many of the first kept days may have a session that began on an earlier day whose events are no longer all
     * kept. A session is no longer than a day.
     */
    public static final int LONGEST_DAYS = 1;

    /** Each session is read and sorted. */
    private static final int PERCENTILE_WEIGHT = 4;

    private static final String UTC = """
            SELECT day, sessions, milliseconds
            FROM activity_counts FINAL
            WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date} AND sessions > 0
            """;

    /** The next day's row has the part of a session after midnight, so this reads one day more than requested. */
    private static final String ZONED = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day
            SELECT local_day(start) AS period, sum(count), sum(length)
            FROM (
              SELECT
                arrayConcat(session_start, continued_start) AS starts,
                arrayConcat(arrayMap(session -> 1, session_start), arrayMap(session -> 0, continued_start)) AS counts,
                arrayConcat(
                  arrayMap((start, end) -> toUInt32(dateDiff('millisecond', start, end)), session_start, session_end),
                  continued_length) AS lengths
              FROM activity_days FINAL
              WHERE organization_id = {organization:String}
                AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}) + 1)
            ARRAY JOIN starts AS start, counts AS count, lengths AS length
            WHERE start >= {start:DateTime64(3, 'UTC')} AND start < {end:DateTime64(3, 'UTC')}
            GROUP BY period
            HAVING sum(count) > 0
            """;

    /** The next day's row has the part of a session after midnight. */
    private static final String PERCENTILE = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day
            SELECT local_day(began) AS period,
              toUInt64(arraySort(groupArray(piece + more))[intDiv(count() * {percent:UInt8} + 99, 100)])
            FROM (
              SELECT id, began, toUInt32(dateDiff('millisecond', began, ended)) AS piece
              FROM (
                SELECT session, session_start, session_end
                FROM activity_days FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}))
              ARRAY JOIN session AS id, session_start AS began, session_end AS ended
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
            GROUP BY period
            """;

    /**
     * One day's sessions.
     *
     * @param sessions number of sessions that started on the day
     * @param milliseconds sum of their lengths, each from its first to its last event
     */
    public record Day(LocalDate day, long sessions, long milliseconds) {}

    /** A percentile of the lengths of a day's sessions. */
    public record Percentile(LocalDate day, long milliseconds) {}

    private final ClickHouse clickHouse;

    DailySessions(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Days with sessions, in no order. */
    public List<Day> fetch(Caller caller, Period period) {
        Window window = period.window();
        var query = period.isUtc()
                ? WindowBinding.days(clickHouse.query(caller, UTC), window).onOneThread()
                : LocalDays.bind(clickHouse.query(caller, ZONED), window);
        return query.list(row -> new Day(row.nextDate(), row.nextLong(), row.nextLong()));
    }

    /**
     * Percentiles of the lengths of each day's sessions, by nearest rank, in no order; only of days with sessions.
     *
     * @param percent 1 to 100
     */
    public List<Percentile> percentiles(Caller caller, Period period, int percent) {
        return LocalDays.bind(clickHouse.query(caller, PERCENTILE), period.window())
                .weight(PERCENTILE_WEIGHT)
                .bind("percent", percent)
                .list(row -> new Percentile(row.nextDate(), row.nextLong()));
    }
}
