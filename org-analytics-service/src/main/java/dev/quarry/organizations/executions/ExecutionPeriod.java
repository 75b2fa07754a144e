package dev.quarry.organizations.executions;

import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.Window;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The last so many hours or days up to now, the current one included, and the same number before them if they are to be
 * compared.
 */
public record ExecutionPeriod(int count, Granularity granularity, Window window, Optional<Window> previous) {

    /** Maximum number of hours. */
    public static final int MOST_HOURS = 168;

    /** Maximum number of days. */
    public static final int MOST_DAYS = 90;

    /**
     * The hours or days up to now.
     *
     * @param count number of hours or days, at least 1
     */
    public static ExecutionPeriod last(int count, Granularity granularity, PeriodOptions options, Instant now) {
        ZoneId zone = options.zone();
        Window window = Window.lastBuckets(count, granularity, zone, now);
        Instant justBefore = window.start().minusNanos(1);
        Optional<Window> previous = options.isCompared()
                ? Optional.of(Window.lastBuckets(count, granularity, zone, justBefore))
                : Optional.empty();
        return new ExecutionPeriod(count, granularity, window, previous);
    }

    /** Both windows: nothing else needs to be read. */
    public Window whole() {
        return new Window(previous.orElse(window).start(), window.end(), window.zone());
    }

    /** Starts of the buckets of both windows, ascending. */
    public List<Instant> starts() {
        return Stream.concat(bucketsBefore().stream(), Stream.of(buckets()))
                .flatMap(spine -> spine.buckets().stream())
                .toList();
    }

    public Spine<Instant> buckets() {
        return window.spine(granularity, count);
    }

    public Optional<Spine<Instant>> bucketsBefore() {
        return previous.map(before -> before.spine(granularity, count));
    }
}
