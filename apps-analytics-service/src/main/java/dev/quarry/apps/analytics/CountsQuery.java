package dev.quarry.apps.analytics;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.WindowBinding;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Counts errors, events and page views. */
@ApplicationScoped
class CountsQuery {
    static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
    static final Duration QUARTER = Duration.ofMinutes(15);

    /** Reads quarters of an hour, the five minutes around them, and the times of events where the window cuts these. */
    private static final String COUNTS = """
            SELECT
                intDiv(toUnixTimestamp(bucket), {slice:UInt32}) * {slice:UInt32} AS start_of_slice,
                sum(of_errors),
                sum(of_pageviews + of_other_events),
                sum(of_pageviews)
            FROM
            (
                SELECT
                    bucket,
                    toUnixTimestamp64Milli({start:DateTime64(3, 'UTC')}) - 1000 * toUnixTimestamp(bucket) AS first,
                    toUnixTimestamp64Milli({end:DateTime64(3, 'UTC')}) - 1000 * toUnixTimestamp(bucket) AS last,
                    granularity = 'five_minutes' AND bucket IN {cut:Array(DateTime('UTC'))} AS is_cut,
                    if(is_cut, arrayCount(millis -> millis >= first AND millis < last, error_times), errors) AS of_errors,
                    if(is_cut, arrayCount(millis -> millis >= first AND millis < last, pageview_times), pageviews)
                        AS of_pageviews,
                    if(is_cut, arrayCount(millis -> millis >= first AND millis < last, other_event_times), other_events)
                        AS of_other_events
                FROM app_counts FINAL
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND (granularity = 'quarter'
                      AND bucket >= {from_quarter:DateTime('UTC')} AND bucket < {until_quarter:DateTime('UTC')}
                    OR granularity = 'five_minutes'
                      AND bucket >= {from:DateTime('UTC')} AND bucket < {until:DateTime('UTC')}
                      AND NOT (bucket >= {from_quarter:DateTime('UTC')} AND bucket < {until_quarter:DateTime('UTC')}))
            )
            GROUP BY start_of_slice
            """;

    private final ClickHouse clickHouse;

    CountsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** In any order. Slices without events may be absent. */
    List<Count> fetch(Caller caller, String app, OverviewWindow overview) {
        Duration slice = overview.slice();
        WindowRows fiveMinutes = WindowRows.of(overview.window(), FIVE_MINUTES);
        WindowRows quarters = slice.equals(FIVE_MINUTES) ? WindowRows.NONE : WindowRows.of(overview.window(), QUARTER);
        return WindowBinding.instants(clickHouse.query(caller, COUNTS), overview.window())
                .bind("app", app)
                .bind("slice", slice.toSeconds())
                .bindDateTime("from_quarter", quarters.from())
                .bindDateTime("until_quarter", quarters.until())
                .bindDateTime("from", fiveMinutes.touched())
                .bindDateTime("until", fiveMinutes.touchedUntil())
                .bindInstants("cut", fiveMinutes.cut())
                .list(row -> new Count(
                        Instant.ofEpochSecond(row.nextLong()), row.nextLong(), row.nextLong(), row.nextLong()));
    }
}
