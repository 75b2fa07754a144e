package dev.quarry.organizations.executions;

import dev.quarry.comparison.CompareParameter;
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
        Optional<Window> previous =
                options.isCompared() ? Optional.of(before(window, count, granularity)) : Optional.empty();
        return new ExecutionPeriod(count, granularity, window, previous);
    }

    private static Window before(Window window, int count, Granularity granularity) {
        return Window.lastBuckets(
                count, granularity, window.zone(), window.start().minusNanos(1));
    }

    /** As many hours or days of the time to compare with; empty if no comparison was requested. */
    public Optional<Window> earlier(CompareParameter comparison) {
        return switch (comparison.compare()) {
            case NONE -> Optional.empty();
            case PREVIOUS -> Optional.of(before(window, count, granularity));
            case YEAR -> Optional.of(yearBefore());
        };
    }

    /** Counts buckets, because a change to or from summer time makes the same number of hours longer or shorter. */
    private Window yearBefore() {
        ZoneId zone = window.zone();
        Instant start = granularity.bucketOf(window.yearBefore().start(), zone);
        Instant end = start;
        for (int bucket = 0; bucket < count; bucket++) {
            end = granularity.next(end, zone);
        }
        return new Window(start, end, zone);
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
        return bucketsOf(window);
    }

    public Optional<Spine<Instant>> bucketsBefore() {
        return previous.map(this::bucketsOf);
    }

    /** The buckets of a window with as many of them. */
    public Spine<Instant> bucketsOf(Window window) {
        return window.spine(granularity, count);
    }
}
