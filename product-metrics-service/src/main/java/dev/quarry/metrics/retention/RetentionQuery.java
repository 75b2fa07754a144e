package dev.quarry.metrics.retention;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.retention.Retention.Cohort;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** What cohorts and the days of their return have in common. */
@ApplicationScoped
class RetentionQuery {
    private static final String EXACTLY_UTC = """
            SELECT first_day, bitmapAndCardinality(arrivals, active_users), cohort_size
            FROM (
              SELECT day AS first_day, size AS cohort_size, users AS arrivals
              FROM cohorts FINAL
              WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}) AS cohort
            LEFT JOIN (
              SELECT day - {days:UInt16} AS first_day, users AS active_users
              FROM activity_days FINAL
              WHERE organization_id = {organization:String}
                AND day >= {from:Date} + {days:UInt16} AND day < {until:Date} + {days:UInt16}) AS activity
            USING (first_day)
            """;

    private static final String EXACTLY_ZONED = """
            SELECT first_day, bitmapAndCardinality(arrivals, active_users), bitmapCardinality(arrivals)
            FROM (
              SELECT toDate(first_use, {zone:String}) AS first_day, groupBitmapState(number) AS arrivals
              FROM users FINAL
              WHERE organization_id = {organization:String}
                AND first_use >= {start:DateTime64(3, 'UTC')} AND first_use < {end:DateTime64(3, 'UTC')}
                AND number > 0
              GROUP BY first_day) AS cohort
            LEFT JOIN (
              SELECT toDate(time, {zone:String}) - {days:UInt16} AS first_day, groupBitmapMergeState(users) AS active_users
              FROM (
                SELECT toDateTime(day, 'UTC') + part * 900 AS time, users
                FROM (
                  SELECT day, quarter, quarter_users
                  FROM activity_days FINAL
                  WHERE organization_id = {organization:String}
                    AND day >= toDate({return_start:DateTime64(3, 'UTC')})
                    AND day <= toDate({return_end:DateTime64(3, 'UTC')}))
                ARRAY JOIN quarter AS part, quarter_users AS users)
              WHERE time >= {return_start:DateTime64(3, 'UTC')} AND time < {return_end:DateTime64(3, 'UTC')}
              GROUP BY first_day) AS activity
            USING (first_day)
            """;

    private static final String ON_OR_AFTER = """
            SELECT toDate(first_use, {zone:String}) AS first_day,
              countIf(toDate(last_use, {zone:String}) >= first_day + {days:UInt16}), count()
            FROM users FINAL
            WHERE organization_id = {organization:String}
              AND first_use >= {start:DateTime64(3, 'UTC')} AND first_use < {end:DateTime64(3, 'UTC')}
              AND number > 0
            GROUP BY first_day
            """;

    private final ClickHouse clickHouse;

    RetentionQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Days with new users, in no order. */
    List<Cohort> fetch(Caller caller, PeriodParameters asked, int days, RetentionMode mode) {
        Window window = asked.window();
        Query query = switch (mode) {
            case ON_OR_AFTER -> zoned(clickHouse.query(caller, ON_OR_AFTER), window);
            case EXACTLY -> {
                if (asked.isUtc()) {
                    yield clickHouse
                            .query(caller, EXACTLY_UTC)
                            .bind("from", window.from())
                            .bind("until", window.to().plusDays(1));
                }
                Window back = Window.ofDays(
                        window.from().plusDays(days), window.to().plusDays(days), window.zone(), Integer.MAX_VALUE);
                yield zoned(clickHouse.query(caller, EXACTLY_ZONED), window)
                        .bind("return_start", back.start())
                        .bind("return_end", back.end());
            }
        };
        return query.bind("days", days).list(row -> new Cohort(row.nextDate(), row.nextLong(), row.nextLong()));
    }

    private static Query zoned(Query query, Window window) {
        return query.bind("zone", window.zone()).bind("start", window.start()).bind("end", window.end());
    }
}
