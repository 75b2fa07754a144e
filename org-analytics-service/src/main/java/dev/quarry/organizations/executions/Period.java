package dev.quarry.organizations.executions;

import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.Window;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The last {@code count} hours or days up to now, including the current one, and the same number before them if a
 * comparison was requested.
 */
public record Period(int count, Granularity granularity, Window window, Optional<Window> previous) {

    public static Period last(int count, Granularity granularity, ZoneId zone, Clock clock, boolean compared) {
        Window window = Window.lastBuckets(count, granularity, zone, clock);
        Clock justBefore = Clock.fixed(window.start().minusNanos(1), ZoneOffset.UTC);
        Optional<Window> previous =
                compared ? Optional.of(Window.lastBuckets(count, granularity, zone, justBefore)) : Optional.empty();
        return new Period(count, granularity, window, previous);
    }

    /** The start of the earlier window: nothing earlier needs to be read. */
    public Instant start() {
        return previous.orElse(window).start();
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
