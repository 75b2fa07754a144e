package dev.quarry.metrics;

import dev.quarry.clickhouse.Query;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Granularity;
import dev.quarry.time.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

/**
 * The starts of a window's days, weeks or months, and the dates that name them. A query in a zone gets these numbers
 * and never the zone's name, because the engine's zone data may differ from ours.
 *
 * @param starts ascending; the first one may lie before the window
 * @param dates of the same length
 */
public record LocalDays(List<Instant> starts, List<LocalDate> dates) {
    /** Hours or events are read instead of days. */
    public static final int ZONED_WEIGHT = 2;

    public LocalDays {
        starts = List.copyOf(starts);
        dates = List.copyOf(dates);
    }

    /** The window's days. A query binds each of them, so a window should have at most a few thousand days. */
    public static LocalDays of(Window window) {
        return new LocalDays(
                window.spine(Granularity.DAY, Integer.MAX_VALUE).buckets(),
                window.dates(Granularity.DAY, Integer.MAX_VALUE).buckets());
    }

    /** Periods by their first days. */
    public static LocalDays of(List<LocalDate> periods, ZoneId zone) {
        return new LocalDays(
                periods.stream()
                        .map(first -> first.atStartOfDay(zone).toInstant())
                        .toList(),
                periods);
    }

    /**
     * Binds the window as {@link WindowBinding#instants}, and its days as {@code {day_starts:Array(Int64)}}, in seconds
     * since 1970, and {@code {days:Array(Date)}}.
     */
    public static Query bind(Query query, Window window) {
        return bind(query, window, of(window));
    }

    /** As {@link #bind(Query, Window)}, with these periods instead of the days. */
    public static Query bind(Query query, Window window, LocalDays days) {
        return WindowBinding.instants(query, window)
                .weight(ZONED_WEIGHT)
                .bindSeconds("day_starts", days.starts())
                .bindDays("days", days.dates());
    }
}
