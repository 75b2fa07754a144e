package dev.quarry.apps.analytics;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Row;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.LongPredicate;

/** Counts errors, events and page views. */
@ApplicationScoped
class CountsQuery {
    static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
    static final Duration QUARTER = Duration.ofMinutes(15);

    /**
     * Reads quarters of an hour, the five minutes around them, and the times of events where the window cuts these. The
     * service counts the times and adds the rows up: planning the functions for that takes the engine longer than reading.
     */
    private static final String COUNTS = """
            SELECT
                bucket,
                errors,
                if(bucket IN {cut:Array(DateTime('UTC'))}, error_times, []),
                pageviews,
                if(bucket IN {cut:Array(DateTime('UTC'))}, pageview_times, []),
                other_events,
                if(bucket IN {cut:Array(DateTime('UTC'))}, other_event_times, [])
            FROM app_counts FINAL
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND (granularity = 'quarter'
                  AND bucket >= {from_quarter:DateTime('UTC')} AND bucket < {until_quarter:DateTime('UTC')}
                OR granularity = 'five_minutes'
                  AND bucket >= {from:DateTime('UTC')} AND bucket < {until:DateTime('UTC')}
                  AND NOT (bucket >= {from_quarter:DateTime('UTC')} AND bucket < {until_quarter:DateTime('UTC')}))
            """;

    private final ClickHouse clickHouse;

    CountsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** In any order. Spans without events may be absent. */
    List<Count> fetch(Caller caller, String app, OverviewWindow overview) {
        WindowRows fiveMinutes = WindowRows.of(overview.window(), FIVE_MINUTES);
        WindowRows quarters = overview.quartersFit() ? WindowRows.of(overview.window(), QUARTER) : WindowRows.NONE;
        List<Instant> cut = fiveMinutes.cut();
        return clickHouse
                .query(caller, COUNTS)
                .onOneThread()
                .bind("app", app)
                .bindDateTime("from_quarter", quarters.from())
                .bindDateTime("until_quarter", quarters.until())
                .bindDateTime("from", fiveMinutes.touched())
                .bindDateTime("until", fiveMinutes.touchedUntil())
                .bindInstants("cut", cut)
                .list(row -> count(row, overview.window(), cut));
    }

    private static Count count(Row row, Window window, List<Instant> cut) {
        Instant start = row.nextInstant();
        boolean isCut = cut.contains(start);
        long first = start.until(window.start(), ChronoUnit.MILLIS);
        long last = start.until(window.end(), ChronoUnit.MILLIS);
        LongPredicate inWindow = millis -> millis >= first && millis < last;
        long errors = number(row, isCut, inWindow);
        long pageviews = number(row, isCut, inWindow);
        return new Count(start, errors, pageviews + number(row, isCut, inWindow), pageviews);
    }

    /** Reads the number of a row's events of one kind, and the times of those if the window cuts the row. */
    private static long number(Row row, boolean isCut, LongPredicate inWindow) {
        long all = row.nextLong();
        long within = row.nextCount(inWindow);
        return isCut ? within : all;
    }
}
