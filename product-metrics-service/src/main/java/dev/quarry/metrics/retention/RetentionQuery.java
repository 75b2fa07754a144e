package dev.quarry.metrics.retention;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.metrics.LocalDays;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.Slice;
import dev.quarry.metrics.SliceRow;
import dev.quarry.metrics.Unit;
import dev.quarry.metrics.retention.Retention.Cohort;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

/** Counts the users that cohorts share with the days of their return. */
@ApplicationScoped
class RetentionQuery {
    private static final String EXACTLY_UTC = """
            SELECT first_day, bitmapAndCardinality(arrivals, active_users), cohort_size
            FROM (
              SELECT day AS first_day, size AS cohort_size, users AS arrivals
              FROM cohorts FINAL
              WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}) AS cohort
            LEFT JOIN (
              SELECT day - {interval:UInt16} AS first_day, users AS active_users
              FROM activity_days FINAL
              WHERE organization_id = {organization:String}
                AND day >= {from:Date} + {interval:UInt16} AND day < {until:Date} + {interval:UInt16}) AS activity
            USING (first_day)
            """;

    /** Of weeks and months. */
    private static final String EXACTLY_UTC_PERIODS = """
            WITH date -> transform(roundDown(toUnixTimestamp(toDateTime(date, 'UTC')), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS period_of,
              date -> transform(roundDown(toUnixTimestamp(toDateTime(date, 'UTC')), {return_starts:Array(Int64)}),
              {return_starts:Array(Int64)}, {arrival_days:Array(Date)}, toDate(0)) AS period_of_arrival
            SELECT first_day, bitmapAndCardinality(arrivals, active_users), bitmapCardinality(arrivals)
            FROM (
              SELECT period_of(day) AS first_day, groupBitmapMergeState(users) AS arrivals
              FROM cohorts FINAL
              WHERE organization_id = {organization:String}
                AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day < toDate32({end:DateTime64(3, 'UTC')})
              GROUP BY first_day) AS cohort
            LEFT JOIN (
              SELECT period_of_arrival(day) AS first_day, groupBitmapMergeState(users) AS active_users
              FROM activity_days FINAL
              WHERE organization_id = {organization:String}
                AND day >= toDate32({return_start:DateTime64(3, 'UTC')})
                AND day < toDate32({return_end:DateTime64(3, 'UTC')})
              GROUP BY first_day) AS activity
            USING (first_day)
            """;

    private static final String EXACTLY_ZONED = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day,
              moment -> transform(roundDown(toUnixTimestamp(moment), {return_starts:Array(Int64)}),
              {return_starts:Array(Int64)}, {arrival_days:Array(Date)}, toDate(0)) AS day_of_arrival
            SELECT first_day, bitmapAndCardinality(arrivals, active_users), bitmapCardinality(arrivals)
            FROM (
              SELECT local_day(first_use) AS first_day, groupBitmapState(number) AS arrivals
              FROM users FINAL
              WHERE organization_id = {organization:String}
                AND first_use >= {start:DateTime64(3, 'UTC')} AND first_use < {end:DateTime64(3, 'UTC')}
                AND number > 0
              GROUP BY first_day) AS cohort
            LEFT JOIN (
              SELECT day_of_arrival(time) AS first_day, groupBitmapMergeState(users) AS active_users
              FROM (
                SELECT toDateTime(day, 'UTC') + part * 900 AS time, users
                FROM (
                  SELECT day, quarter, quarter_users
                  FROM activity_days FINAL
                  WHERE organization_id = {organization:String}
                    AND day >= toDate32({return_start:DateTime64(3, 'UTC')})
                    AND day <= toDate32({return_end:DateTime64(3, 'UTC')}))
                ARRAY JOIN quarter AS part, quarter_users AS users)
              WHERE time >= {return_start:DateTime64(3, 'UTC')} AND time < {return_end:DateTime64(3, 'UTC')}
              GROUP BY first_day) AS activity
            USING (first_day)
            """;

    private static final String ON_OR_AFTER = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day,
              moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {return_starts:Array(Int64)}, toInt64(0)) AS return_start
            SELECT local_day(first_use) AS first_day, countIf(toUnixTimestamp(last_use) >= return_start(first_use)), count()
            FROM users FINAL
            WHERE organization_id = {organization:String}
              AND first_use >= {start:DateTime64(3, 'UTC')} AND first_use < {end:DateTime64(3, 'UTC')}
              AND number > 0
            GROUP BY first_day
            """;

    private static final String SLICE_FIRST = """
            WITH moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {days:Array(Date)}, toDate(0)) AS local_day,
              moment -> transform(roundDown(toUnixTimestamp(moment), {return_starts:Array(Int64)}),
              {return_starts:Array(Int64)}, {arrival_days:Array(Date)}, toDate(0)) AS day_of_arrival,
              moment -> transform(roundDown(toUnixTimestamp(moment), {day_starts:Array(Int64)}),
              {day_starts:Array(Int64)}, {cohort_returns:Array(Int64)}, toInt64(0)) AS return_start
            """;

    /** The users of cohorts. A user has the profile of the first event; the events of the return may have any. */
    private static final String SLICED_COHORTS =
            """
            SELECT first_day, place, any(key) AS place_key, max(group_count) AS place_groups,
              groupBitmapMergeState(members) AS arrivals, sum(later_members) AS later_arrivals
            FROM (
            """ + Slice.RANKED + """
              SELECT *, sum(member_count) OVER (PARTITION BY key) AS size
              FROM (
                SELECT local_day(first_use) AS first_day,
            """ + Slice.KEY + """
                  AS key, groupBitmapState(number) AS members, count() AS member_count,
                  countIf(toUnixTimestamp(last_use) >= return_start(first_use)) AS later_members
                FROM (
                  SELECT first_use, last_use, number, first_profile AS of_values
                  FROM users FINAL
                  WHERE organization_id = {organization:String}
                    AND first_use >= {start:DateTime64(3, 'UTC')} AND first_use < {end:DateTime64(3, 'UTC')}
                    AND number > 0)
                WHERE
            """ + Slice.MATCHES + """
                GROUP BY first_day, key)
            """ + Slice.END + """
            )
            ARRAY JOIN places AS place
            GROUP BY first_day, place
            """;

    private static final String SLICE_ON_OR_AFTER = SLICE_FIRST + """
            SELECT first_day, later_arrivals, bitmapCardinality(arrivals), place, place_key, place_groups
            FROM (
            """ + SLICED_COHORTS + """
            )
            """;

    private static final String SLICE_EXACTLY_FIRST = SLICE_FIRST + """
            SELECT first_day, bitmapAndCardinality(arrivals, active_users), bitmapCardinality(arrivals),
              place, place_key, place_groups
            FROM (
            """ + SLICED_COHORTS + """
            ) AS cohort
            LEFT JOIN (
            """;

    private static final String SLICE_EXACTLY_UTC = SLICE_EXACTLY_FIRST + """
              SELECT day_of_arrival(toDateTime(day, 'UTC')) AS first_day, groupBitmapMergeState(users) AS active_users
              FROM activity_days FINAL
              WHERE organization_id = {organization:String}
                AND day >= toDate32({return_start:DateTime64(3, 'UTC')})
                AND day < toDate32({return_end:DateTime64(3, 'UTC')})
              GROUP BY first_day) AS activity
            USING (first_day)
            """;

    private static final String SLICE_EXACTLY_ZONED = SLICE_EXACTLY_FIRST + """
              SELECT day_of_arrival(time) AS first_day, groupBitmapMergeState(users) AS active_users
              FROM (
                SELECT toDateTime(day, 'UTC') + part * 900 AS time, users
                FROM (
                  SELECT day, quarter, quarter_users
                  FROM activity_days FINAL
                  WHERE organization_id = {organization:String}
                    AND day >= toDate32({return_start:DateTime64(3, 'UTC')})
                    AND day <= toDate32({return_end:DateTime64(3, 'UTC')}))
                ARRAY JOIN quarter AS part, quarter_users AS users)
              WHERE time >= {return_start:DateTime64(3, 'UTC')} AND time < {return_end:DateTime64(3, 'UTC')}
              GROUP BY first_day) AS activity
            USING (first_day)
            """;

    private final ClickHouse clickHouse;

    RetentionQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Periods with new users, in no order. */
    List<Cohort> fetch(Caller caller, Period period, RetentionParameters asked) {
        Query query = switch (asked.mode()) {
            case ON_OR_AFTER -> onOrAfter(caller, period, asked);
            case EXACTLY ->
                asked.cohortUnit().isDay()
                        ? exactly(caller, period, asked.days())
                        : exactlyPeriods(caller, period, asked.cohortUnit(), asked.days());
        };
        return query.list(row -> new Cohort(row.nextDate(), row.nextLong(), row.nextLong()));
    }

    private Query exactly(Caller caller, Period period, int days) {
        Window window = period.window();
        return period.isUtc() ? exactlyUtc(caller, window, days) : exactlyZoned(caller, window, days);
    }

    private Query exactlyUtc(Caller caller, Window window, int days) {
        return WindowBinding.days(clickHouse.query(caller, EXACTLY_UTC), window)
                .onOneThread()
                .bind("interval", days);
    }

    private Query exactlyZoned(Caller caller, Window window, int days) {
        return bindDaysOfReturn(LocalDays.bind(clickHouse.query(caller, EXACTLY_ZONED), window), window, days);
    }

    private static Query bindDaysOfReturn(Query query, Window window, int days) {
        LocalDate firstReturn = window.from().plusDays(days);
        // One day more than needed: a zone may have skipped the only day of return, and a window cannot be empty.
        LocalDate lastReturn = window.to().plusDays(days + 1L);
        Window back = Window.ofDays(firstReturn, lastReturn, window.zone(), Integer.MAX_VALUE);
        LocalDays returns = LocalDays.of(back);
        return query.bind("return_start", back.start())
                .bind("return_end", back.end())
                .bindSeconds("return_starts", returns.starts())
                .bindDays(
                        "arrival_days",
                        returns.dates().stream().map(day -> day.minusDays(days)).toList());
    }

    private Query exactlyPeriods(Caller caller, Period period, Unit unit, int count) {
        Query query = period.isUtc()
                ? clickHouse.query(caller, EXACTLY_UTC_PERIODS)
                : clickHouse.query(caller, EXACTLY_ZONED);
        LocalDays cohorts = cohorts(period, unit);
        return bindPeriodsOfReturn(LocalDays.bind(query, period.window(unit), cohorts), cohorts, period, unit, count);
    }

    private static Query bindPeriodsOfReturn(Query query, LocalDays cohorts, Period period, Unit unit, int count) {
        LocalDays returns = returns(cohorts, unit, count, period.zone());
        Instant end = unit.plus(returns.dates().getLast(), 1)
                .atStartOfDay(period.zone())
                .toInstant();
        return query.bind("return_start", returns.starts().getFirst())
                .bind("return_end", end)
                .bindSeconds("return_starts", returns.starts())
                .bindDays("arrival_days", cohorts.dates());
    }

    /** Periods of the slice and its groups with new users, in no order. */
    List<SliceRow<Cohort>> fetchSlice(Caller caller, Period period, Slice slice, RetentionParameters asked) {
        Unit unit = asked.cohortUnit();
        Window window = period.window(unit);
        LocalDays cohorts = cohorts(period, unit);
        Query query = switch (asked.mode()) {
            case ON_OR_AFTER -> LocalDays.bind(clickHouse.query(caller, SLICE_ON_OR_AFTER), window, cohorts);
            case EXACTLY ->
                LocalDays.bind(
                        period.isUtc()
                                ? clickHouse.query(caller, SLICE_EXACTLY_UTC)
                                : clickHouse.query(caller, SLICE_EXACTLY_ZONED),
                        window,
                        cohorts);
        };
        query.bindSeconds(
                "cohort_returns",
                returns(cohorts, unit, asked.days(), period.zone()).starts());
        return slice.bind(
                        unit.isDay()
                                ? bindDaysOfReturn(query, window, asked.days())
                                : bindPeriodsOfReturn(query, cohorts, period, unit, asked.days()))
                .list(SliceRow.mapping(row -> new Cohort(row.nextDate(), row.nextLong(), row.nextLong())));
    }

    private Query onOrAfter(Caller caller, Period period, RetentionParameters asked) {
        Unit unit = asked.cohortUnit();
        LocalDays cohorts = cohorts(period, unit);
        return LocalDays.bind(clickHouse.query(caller, ON_OR_AFTER), period.window(unit), cohorts)
                .bindSeconds(
                        "return_starts",
                        returns(cohorts, unit, asked.days(), period.zone()).starts());
    }

    private static LocalDays cohorts(Period period, Unit unit) {
        return LocalDays.of(period.periods(unit).buckets(), period.zone());
    }

    private static LocalDays returns(LocalDays cohorts, Unit unit, int count, ZoneId zone) {
        return LocalDays.of(
                cohorts.dates().stream().map(cohort -> unit.plus(cohort, count)).toList(), zone);
    }
}
