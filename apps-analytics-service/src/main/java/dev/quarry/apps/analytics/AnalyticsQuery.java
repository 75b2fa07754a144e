package dev.quarry.apps.analytics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.apps.Timestamps;
import dev.quarry.apps.analytics.AppAnalytics.RecentError;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/** Reads bronze: counts errors, events and page views. */
@ApplicationScoped
class AnalyticsQuery {
    /**
     * Counts some hours and reads the newest errors of the whole window, in one statement so that both come from the
     * same snapshot. It reads up to a given number of deliveries for the newest errors; each row has the number read.
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
            SELECT 'newest', timestamp, count() OVER (), 0, 0, error_type, error_message, url
            FROM
            (
                SELECT timestamp, event_id, error_type, error_message, url
                FROM canvas_errors
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND timestamp >= {newest_since:DateTime64(3, 'UTC')}
                  AND timestamp < {end:DateTime64(3, 'UTC')}
                ORDER BY timestamp DESC, event_id DESC
                LIMIT {deliveries:UInt64}
            )
            ORDER BY timestamp DESC, event_id DESC
            LIMIT 1 BY timestamp, event_id
            LIMIT {newest:UInt32}
            """;

    private static final String COUNTS_AND_UNREFINED =
            "SELECT 'unrefined', toDateTime64(bucket, 3, 'UTC'), 0, 0, 0, '', '', NULL FROM (" + UnrefinedHours.MARKED
                    + ") UNION ALL " + COUNTS;

    private static final int NEWEST = 20;

    /** Enough for the newest errors if each of them was delivered five times. */
    private static final long FEW_DELIVERIES = 5 * NEWEST;

    /** The factor by which the next attempt reads more deliveries if these were not enough. */
    private static final int MORE_DELIVERIES = 20;

    private static final int MOST_REMEMBERED = 10_000;

    private final ClickHouse clickHouse;

    /**
     * The time of the oldest of an app's newest errors, as last read. The app has enough errors since then, so the
     * engine need not search earlier times. If some of them were deleted, the whole window is searched.
     */
    private final Cache<App, Instant> newestSince =
            Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).build();

    AnalyticsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    private record App(String organization, String id) {}

    /**
     * The counts and newest errors of an app's window in bronze.
     *
     * @param slices in any order
     * @param newest errors, the newest first
     * @param unrefined the organisation's hours that cannot be read from gold, if they were requested
     * @param deliveries how many deliveries of errors were read to find the newest errors
     */
    record Counts(List<Slice> slices, List<RecentError> newest, List<Instant> unrefined, long deliveries) {}

    /** A query for counts, given the start of the search for the newest errors and the number of deliveries to read. */
    private interface Question extends BiFunction<Instant, Long, Query> {}

    /** Counts some hours. */
    Counts counts(Caller caller, String app, Window window, List<Instant> hours) {
        return counts(
                caller,
                app,
                window,
                (since, deliveries) -> query(COUNTS, caller, app, window, hours)
                        .bind("newest_since", since)
                        .bind("deliveries", deliveries));
    }

    /**
     * Counts some hours, and lists the other hours that gold may lack.
     *
     * @param settledBy the value of {@link UnrefinedHours#settledBy} from before gold was read
     */
    Counts countsAndUnrefined(Caller caller, String app, Window window, List<Instant> hours, Instant settledBy) {
        return counts(
                caller,
                app,
                window,
                (since, deliveries) -> query(COUNTS_AND_UNREFINED, caller, app, window, hours)
                        .bind("newest_since", since)
                        .bind("deliveries", deliveries)
                        .bind("settled_by", settledBy));
    }

    private Counts counts(Caller caller, String app, Window window, Question question) {
        App asked = new App(caller.organization(), app);
        Instant start = window.start();
        Optional<Instant> since =
                Optional.ofNullable(newestSince.getIfPresent(asked)).filter(start::isBefore);
        Counts counts = read(question, since.orElse(start));
        if (since.isPresent() && counts.newest().size() < NEWEST) {
            newestSince.invalidate(asked);
            counts = read(question, start);
        }
        if (counts.newest().size() == NEWEST) {
            newestSince.put(asked, Instant.parse(counts.newest().getLast().timestamp()));
        }
        return counts;
    }

    /** Reads more deliveries if errors were delivered so often that some of the newest may be missing. */
    private static Counts read(Question question, Instant newestSince) {
        long deliveries = FEW_DELIVERIES;
        Counts counts = read(question.apply(newestSince, deliveries));
        while (counts.newest().size() < NEWEST && counts.deliveries() == deliveries) {
            deliveries *= MORE_DELIVERIES;
            counts = read(question.apply(newestSince, deliveries));
        }
        return counts;
    }

    private Query query(
            @CompileTimeConstant String sql, Caller caller, String app, Window window, List<Instant> hours) {
        return clickHouse
                .query(caller, sql)
                .bind("app", app)
                .bind("start", window.start())
                .bind("end", window.end())
                .bindInstants("bronze_hours", hours)
                .bind("newest", NEWEST);
    }

    private static Counts read(Query query) {
        List<Slice> slices = new ArrayList<>();
        List<RecentError> errors = new ArrayList<>();
        List<Instant> unrefined = new ArrayList<>();
        AtomicLong deliveries = new AtomicLong();
        query.list(row -> {
            String kind = row.nextString();
            var slice = new Slice(row.nextInstant(), row.nextLong(), row.nextLong(), row.nextLong());
            var error = new RecentError(
                    Timestamps.ofEvent(slice.time()), row.nextString(), row.nextString(), row.nextStringOrNull());
            return switch (kind) {
                case "count" -> slices.add(slice);
                case "newest" -> {
                    deliveries.set(slice.errors());
                    yield errors.add(error);
                }
                case "unrefined" -> unrefined.add(slice.time());
                default -> throw new IllegalStateException("Not a kind of rows: " + kind);
            };
        });
        return new Counts(slices, errors, unrefined, deliveries.get());
    }
}
