package dev.quarry.apps.analytics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.apps.Timestamps;
import dev.quarry.apps.analytics.AppAnalytics.RecentError;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the newest errors from bronze, so they are more recent than the counts. Texts in bronze may have any length:
 * they are cut, because a few of several megabytes would fill the memory.
 */
@ApplicationScoped
class NewestErrorsQuery {
    private static final String COLUMNS = """
            SELECT
                timestamp, event_id, delivered,
                substringUTF8(error_type, 1, 8000), substringUTF8(error_message, 1, 8000), substringUTF8(url, 1, 8000)
            """;

    private static final String NEWEST = """
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp < {end:DateTime64(3, 'UTC')}
            ORDER BY timestamp DESC, event_id DESC
            LIMIT {most:UInt32}
            """;

    /** The newest deliveries; those of one error follow each other. */
    private static final String DELIVERIES = COLUMNS + "FROM canvas_errors\n" + NEWEST;

    /** Reads all errors of the window, each once. */
    private static final String ERRORS = COLUMNS + "FROM canvas_errors FINAL\n" + NEWEST;

    private static final int NEWEST_ERRORS = 20;

    /** Enough for the newest errors if each of them was delivered twice. Merges drop earlier deliveries. */
    private static final int FEW_DELIVERIES = 2 * NEWEST_ERRORS + 1;

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

    private record Delivery(Instant timestamp, String event, Instant delivered, RecentError error) {
        boolean isOfSameError(Delivery other) {
            return timestamp.equals(other.timestamp) && event.equals(other.event);
        }
    }

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
     * Reads few deliveries, which are enough unless errors were delivered often. The newest delivery of an error counts,
     * and is known once an older error was read.
     */
    private List<RecentError> read(Caller caller, String app, Window window) {
        List<Delivery> deliveries = read(clickHouse.query(caller, DELIVERIES), app, window, FEW_DELIVERIES);
        List<Delivery> errors = newestOfEach(deliveries);
        if (deliveries.size() == FEW_DELIVERIES && errors.size() <= NEWEST_ERRORS) {
            errors = read(clickHouse.query(caller, ERRORS), app, window, NEWEST_ERRORS);
        }
        return errors.stream().limit(NEWEST_ERRORS).map(Delivery::error).toList();
    }

    private static List<Delivery> newestOfEach(List<Delivery> deliveries) {
        List<Delivery> newest = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            if (newest.isEmpty() || !delivery.isOfSameError(newest.getLast())) {
                newest.add(delivery);
            } else if (delivery.delivered().isAfter(newest.getLast().delivered())) {
                newest.set(newest.size() - 1, delivery);
            }
        }
        return newest;
    }

    private static List<Delivery> read(Query query, String app, Window window, int most) {
        return WindowBinding.instants(query, window)
                .bind("app", app)
                .bind("most", most)
                .list(row -> {
                    Instant timestamp = row.nextInstant();
                    return new Delivery(
                            timestamp,
                            row.nextString(),
                            row.nextInstant(),
                            new RecentError(
                                    Timestamps.ofEvent(timestamp),
                                    row.nextString(),
                                    row.nextString(),
                                    row.nextStringOrNull()));
                });
    }
}
