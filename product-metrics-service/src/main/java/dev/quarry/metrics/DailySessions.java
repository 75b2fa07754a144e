package dev.quarry.metrics;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.LocalDate;
import java.util.List;

/** Sessions by the day they started on, and their lengths. */
@ApplicationScoped
public class DailySessions {
    private static final String UTC = """
            SELECT period, sum(count), sum(length)
            FROM (
              SELECT day AS period, toInt64(sessions) AS count, toInt64(milliseconds) AS length
              FROM session_days FINAL
              WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}
              UNION ALL
              SELECT period, count, length
              FROM session_corrections FINAL ARRAY JOIN day AS period, sessions AS count, milliseconds AS length
              WHERE organization_id = {organization:String} AND period >= {from:Date} AND period < {until:Date}
                AND period IN (SELECT day FROM session_days WHERE organization_id = {organization:String}))
            GROUP BY period
            """;

    private static final String ZONED = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day
            SELECT local_day(start) AS period, sum(count), sum(length)
            FROM (
              SELECT start, toInt64(1) AS count, toInt64(dateDiff('millisecond', start, end)) AS length
              FROM (
                SELECT fragment_start, fragment_end
                FROM session_days FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}))
              ARRAY JOIN fragment_start AS start, fragment_end AS end
              UNION ALL
              SELECT start, toInt64(count) AS count, length
              FROM long_sessions FINAL
              ARRAY JOIN change_time AS start, change_sessions AS count, change_milliseconds AS length
              WHERE organization_id = {organization:String}
                AND toDate(start) IN (SELECT day FROM session_days WHERE organization_id = {organization:String}))
            WHERE start >= {start:DateTime64(3, 'UTC')} AND start < {end:DateTime64(3, 'UTC')}
            GROUP BY period
            """;

    /**
     * One day's sessions.
     *
     * @param sessions how many started on it
     * @param milliseconds their lengths from first to last event, added up
     */
    public record Day(LocalDate day, long sessions, long milliseconds) {}

    private final ClickHouse clickHouse;

    DailySessions(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Days with sessions, in no order. */
    public List<Day> fetch(Caller caller, PeriodParameters asked) {
        Window window = asked.window();
        return fetch(caller, asked, window, LocalDays.of(window));
    }

    /** How many sessions started on all of the days asked for, whatever their limit. */
    public long total(Caller caller, PeriodParameters asked) {
        Window window = asked.days();
        return fetch(caller, asked, window, LocalDays.whole(window)).stream()
                .mapToLong(Day::sessions)
                .sum();
    }

    private List<Day> fetch(Caller caller, PeriodParameters asked, Window window, LocalDays days) {
        var query = asked.isUtc()
                ? clickHouse
                        .query(caller, UTC)
                        .bind("from", window.from())
                        .bind("until", window.to().plusDays(1))
                : days.bindTo(clickHouse.query(caller, ZONED))
                        .bind("start", window.start())
                        .bind("end", window.end());
        return query.list(row -> new Day(row.nextDate(), row.nextLong(), row.nextLong()));
    }
}
