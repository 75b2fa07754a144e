package dev.quarry.apps.analytics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.apps.Timestamps;
import dev.quarry.apps.analytics.AppAnalytics.RecentError;
import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Row;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads bronze: counts errors, events and page views, and knows which hours have to be counted there. */
@ApplicationScoped
class AnalyticsQuery {
    /** Hours with a mark that is not settled. They are read before gold is: what is not marked now, gold has. */
    private static final String UNREFINED = """
            SELECT bucket
            FROM app_marks
            WHERE organization_id = {organization:String}
              AND bucket >= toStartOfHour({start:DateTime64(3, 'UTC')})
              AND bucket < {end:DateTime64(3, 'UTC')}
            GROUP BY bucket
            HAVING uniqExact(mark) > uniqExactIf(mark, settled = 1)
            """;

    /**
     * What happened in some hours, and the newest errors of the whole window. In one statement, so that both show the same
     * moment. The newest are read with as many spare rows as make up for every one having been delivered five times.
     */
    private static final String COUNTS = """
            SELECT 'count', toDateTime64(toStartOfFiveMinutes(timestamp), 3, 'UTC') AS time, count(), 0, 0, '', '', NULL
            FROM canvas_errors FINAL
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp < {end:DateTime64(3, 'UTC')}
              AND toStartOfHour(timestamp) IN {bronze_hours:Array(DateTime('UTC'))}
            GROUP BY time
            UNION ALL
            SELECT
                'count',
                {start:DateTime64(3, 'UTC')},
                0,
                count(),
                countIf(event_type IN ('page_view', 'pageview')),
                '',
                '',
                NULL
            FROM canvas_app_events FINAL
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp < {end:DateTime64(3, 'UTC')}
              AND toStartOfHour(timestamp) IN {bronze_hours:Array(DateTime('UTC'))}
            UNION ALL
            SELECT 'newest', timestamp, 0, 0, 0, error_type, error_message, url
            FROM
            (
                SELECT timestamp, event_id, error_type, error_message, url
                FROM canvas_errors
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND timestamp >= {newest_since:DateTime64(3, 'UTC')}
                  AND timestamp < {end:DateTime64(3, 'UTC')}
                ORDER BY timestamp DESC, event_id DESC
                LIMIT 5 * {newest:UInt32}
            )
            ORDER BY timestamp DESC, event_id DESC
            LIMIT 1 BY timestamp, event_id
            LIMIT {newest:UInt32}
            """;

    private static final int MOST_REMEMBERED = 10_000;

    private final ClickHouse clickHouse;

    /**
     * When the oldest of an app's newest errors was. More may have come, so that there are enough since then, and the engine
     * need not look farther back; unless some were deleted.
     */
    private final Cache<App, Instant> newestSince =
            Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).build();

    AnalyticsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    private record App(String organization, String id) {}

    /** Slices in any order, and the newest errors first. */
    record Counts(List<Slice> slices, List<RecentError> newest) {}

    List<Instant> unrefinedHours(Caller caller, Window window) {
        return clickHouse
                .query(caller, UNREFINED)
                .bind("start", window.start())
                .bind("end", window.end())
                .list(Row::nextInstant);
    }

    Counts counts(Caller caller, String app, Window window, List<Instant> bronzeHours, int newest) {
        App asked = new App(caller.organization(), app);
        Instant start = window.start();
        Optional<Instant> since =
                Optional.ofNullable(newestSince.getIfPresent(asked)).filter(start::isBefore);
        Counts counts = counts(caller, app, window, bronzeHours, newest, since.orElse(start));
        if (since.isPresent() && counts.newest().size() < newest) {
            newestSince.invalidate(asked);
            counts = counts(caller, app, window, bronzeHours, newest, start);
        }
        if (counts.newest().size() == newest) {
            newestSince.put(asked, Instant.parse(counts.newest().getLast().timestamp()));
        }
        return counts;
    }

    /** @param since when to look for the newest errors from */
    private Counts counts(
            Caller caller, String app, Window window, List<Instant> bronzeHours, int newest, Instant since) {
        List<Slice> slices = new ArrayList<>();
        List<RecentError> errors = new ArrayList<>();
        clickHouse
                .query(caller, COUNTS)
                .bind("app", app)
                .bind("start", window.start())
                .bind("end", window.end())
                .bindInstants("bronze_hours", bronzeHours)
                .bind("newest", newest)
                .bind("newest_since", since)
                .list(row -> {
                    boolean isCount = row.nextString().equals("count");
                    var slice = new Slice(row.nextInstant(), row.nextLong(), row.nextLong(), row.nextLong());
                    var error = new RecentError(
                            Timestamps.ofEvent(slice.time()),
                            row.nextString(),
                            row.nextString(),
                            row.nextStringOrNull());
                    return isCount ? slices.add(slice) : errors.add(error);
                });
        return new Counts(slices, errors);
    }
}
