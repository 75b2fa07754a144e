package dev.quarry.metrics.newusers;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.metrics.LocalDays;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.Slice;
import dev.quarry.metrics.SliceRow;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.metrics.Unit;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Counts users by their first ever use, over all time and not only inside the window. */
@ApplicationScoped
class NewUsersQuery {
    private static final String UTC_DAYS = """
            SELECT day, size
            FROM cohorts FINAL
            WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}
            """;

    private static final String UTC = """
            SELECT toDate(dateTrunc({granularity:String}, day + {shift:UInt8})) - {shift:UInt8} AS period, sum(size) AS newcomers
            FROM cohorts FINAL
            WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}
            GROUP BY period
            HAVING newcomers > 0
            """;

    private static final String ZONED = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_period
            SELECT local_period(first_use) AS period, count() AS newcomers
            FROM users FINAL
            WHERE organization_id = {organization:String}
              AND first_use >= {start:DateTime64(3, 'UTC')} AND first_use < {end:DateTime64(3, 'UTC')}
              AND number > 0
            GROUP BY period
            """;

    /** A user has the profile of the first event. */
    private static final String SLICE =
            """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_period
            SELECT period, sum(newcomers), place, any(key), max(group_count)
            FROM (
            """ + Slice.RANKED + """
              SELECT *, sum(newcomers) OVER (PARTITION BY key) AS size
              FROM (
                SELECT local_period(first_use) AS period,
            """ + Slice.KEY + """
                  AS key, count() AS newcomers
                FROM (
                  SELECT first_use, first_profile AS of_values
                  FROM users FINAL
                  WHERE organization_id = {organization:String}
                    AND first_use >= {start:DateTime64(3, 'UTC')} AND first_use < {end:DateTime64(3, 'UTC')}
                    AND number > 0)
                WHERE
            """ + Slice.MATCHES + """
                GROUP BY period, key)
            """ + Slice.END + """
            )
            ARRAY JOIN places AS place
            GROUP BY period, place
            """;

    private final ClickHouse clickHouse;

    NewUsersQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Periods with new users, in no order; days without one may be among them. */
    List<TimeSeries.Point> fetch(Caller caller, Period period, Unit unit) {
        Window window = period.window(unit);
        Query query = period.isUtc()
                ? WindowBinding.days(utc(caller, unit), window).onOneThread()
                : zoned(clickHouse.query(caller, ZONED), period, unit);
        return query.list(row -> new TimeSeries.Point(row.nextDate(), row.nextLong()));
    }

    /** Periods of the slice and its groups with new users, in no order. */
    List<SliceRow<TimeSeries.Point>> fetch(Caller caller, Period period, Unit unit, Slice slice) {
        return slice.bind(zoned(clickHouse.query(caller, SLICE), period, unit))
                .list(SliceRow.mapping(row -> new TimeSeries.Point(row.nextDate(), row.nextLong())));
    }

    private static Query zoned(Query query, Period period, Unit unit) {
        return LocalDays.bind(
                query, period.window(unit), LocalDays.of(period.periods(unit).buckets(), period.zone()));
    }

    private Query utc(Caller caller, Unit unit) {
        return unit.isDay()
                ? clickHouse.query(caller, UTC_DAYS)
                : clickHouse
                        .query(caller, UTC)
                        .bind("granularity", unit.granularity().wireName())
                        .bind("shift", unit.daysBeforeMonday());
    }
}
