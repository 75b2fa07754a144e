package dev.quarry.apps.analytics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.apps.Timestamps;
import dev.quarry.apps.analytics.AppAnalytics.RecentError;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads the newest errors from bronze, so they are more recent than the counts. */
@ApplicationScoped
class NewestErrorsQuery {
    /** Reads up to a given number of deliveries. Each row has the number read. */
    private static final String NEWEST = """
            SELECT count() OVER (), timestamp, error_type, error_message, url
            FROM
            (
                SELECT timestamp, event_id, delivered, error_type, error_message, url
                FROM canvas_errors
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND timestamp >= {start:DateTime64(3, 'UTC')}
                  AND timestamp < {end:DateTime64(3, 'UTC')}
                ORDER BY timestamp DESC, event_id DESC
                LIMIT {deliveries:UInt64}
            )
            ORDER BY timestamp DESC, event_id DESC, delivered DESC
            LIMIT 1 BY timestamp, event_id
            LIMIT {most:UInt32}
            """;

    private static final int NEWEST_ERRORS = 20;

    /** Enough for the newest errors if each of them was delivered five times. */
    private static final long FEW_DELIVERIES = 5 * NEWEST_ERRORS;

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

    NewestErrorsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    private record App(String organization, String id) {}

    private record Found(long deliveries, RecentError error) {}

    /** At most 20 errors, newest first. */
    List<RecentError> fetch(Caller caller, String app, Window window) {
        App asked = new App(caller.organization(), app);
        Optional<Window> shorter = Optional.ofNullable(newestSince.getIfPresent(asked))
                .filter(since -> window.start().isBefore(since) && since.isBefore(window.end()))
                .map(since -> new Window(since, window.end(), window.zone()));
        List<RecentError> errors = read(caller, app, shorter.orElse(window));
        if (shorter.isPresent() && errors.size() < NEWEST_ERRORS) {
            newestSince.invalidate(asked);
            errors = read(caller, app, window);
        }
        if (errors.size() == NEWEST_ERRORS) {
            newestSince.put(asked, Instant.parse(errors.getLast().timestamp()));
        }
        return errors;
    }

    /**
     * Reads more deliveries if errors were delivered so often that some of the newest may be missing. The newest delivery
     * of an error counts, and is known once an older error was read.
     */
    private List<RecentError> read(Caller caller, String app, Window window) {
        long deliveries = FEW_DELIVERIES;
        List<Found> found = read(caller, app, window, deliveries);
        while (found.size() <= NEWEST_ERRORS
                && !found.isEmpty()
                && found.getFirst().deliveries() == deliveries) {
            deliveries *= MORE_DELIVERIES;
            found = read(caller, app, window, deliveries);
        }
        return found.stream().limit(NEWEST_ERRORS).map(Found::error).toList();
    }

    private List<Found> read(Caller caller, String app, Window window, long deliveries) {
        return WindowBinding.instants(clickHouse.query(caller, NEWEST), window)
                .bind("app", app)
                .bind("deliveries", deliveries)
                .bind("most", NEWEST_ERRORS + 1)
                .list(row -> new Found(
                        row.nextLong(),
                        new RecentError(
                                Timestamps.ofEvent(row.nextInstant()),
                                row.nextString(),
                                row.nextString(),
                                row.nextStringOrNull())));
    }
}
