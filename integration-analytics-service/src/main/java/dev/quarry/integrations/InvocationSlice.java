package dev.quarry.integrations;

import dev.quarry.comparison.CompareParameter;
import dev.quarry.comparison.CompareParameter.Compared;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.TooManyBuckets;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * The part of a tenant's invocations that a request is about, and how finely its series are cut.
 *
 * @param earlier the window to compare with, which ends before {@code window} begins; empty if there is no comparison
 * @param granularity one of {@link #GRANULARITIES}
 * @param integrationKey only this integration; empty for all, as for {@code mode} and {@code slug}
 */
public record InvocationSlice(
        Window window,
        Optional<Window> earlier,
        Granularity granularity,
        Optional<String> integrationKey,
        Optional<String> mode,
        Optional<String> slug) {
    /** The most buckets of the window that a request is about. */
    private static final int MOST_BUCKETS = 10_000;

    /** An answer with more buckets is a large answer; three panels of so many are 400 KB of JSON. */
    private static final int MOST_BUCKETS_AT_ANY_TIME = 1_000;

    private static final List<Granularity> GRANULARITIES =
            List.of(Granularity.MINUTE, Granularity.HOUR, Granularity.DAY, Granularity.WEEK);

    /** As many as there may be buckets, so that a series by day is never cut off before its cap. */
    private static final int LONGEST_DAYS = MOST_BUCKETS;

    private static final LocalDate EARLIEST = LocalDate.of(1971, 1, 1);
    private static final LocalDate LATEST = LocalDate.of(2099, 12, 31);

    /**
     * A slice of whole days, both inclusive.
     *
     * @throws FailureException with {@link Failure.Malformed} (400) and the reason if the window cannot be served
     */
    static InvocationSlice of(
            LocalDate start,
            LocalDate end,
            ZoneId zone,
            CompareParameter comparison,
            Granularity granularity,
            Optional<String> integrationKey,
            Optional<String> mode,
            Optional<String> slug) {
        Window window = window(start, end, zone);
        InvocationSlice slice =
                new InvocationSlice(window, earlier(window, comparison), granularity, integrationKey, mode, slug);
        requireFewBuckets(slice);
        if (comparison.compare() == Compared.YEAR && !end.isBefore(start.plusYears(1))) {
            throw refused("compare=year needs a window of at most a year, so that the year before ends before it");
        }
        return slice;
    }

    /** Ends before the window begins: the year before one of 366 days has only 365. */
    private static Optional<Window> earlier(Window window, CompareParameter comparison) {
        return comparison
                .earlier(window)
                .map(earlier -> earlier.end().isAfter(window.start())
                        ? new Window(earlier.start(), window.start(), window.zone())
                        : earlier);
    }

    /** The part of the slice within these days; empty if there is none. */
    Optional<InvocationSlice> within(WholeDays days) {
        return window.within(days)
                .map(part -> new InvocationSlice(part, earlier, granularity, integrationKey, mode, slug));
    }

    /**
     * The same selection in the window to compare with.
     *
     * @throws java.util.NoSuchElementException if there is no comparison
     */
    InvocationSlice counterpart() {
        return in(earlier.orElseThrow());
    }

    /**
     * The same selection in the window whose buckets are those to compare with: {@link #counterpart}, but weeks are
     * compared with whole ones.
     *
     * @throws java.util.NoSuchElementException if there is no comparison
     */
    InvocationSlice bucketsBefore(CompareParameter comparison) {
        if (granularity != Granularity.WEEK) {
            return counterpart();
        }
        LocalDate first = comparison.earlierDay(window.from(), granularity, buckets());
        LocalDate last = comparison.earlierDay(window.to(), granularity, buckets());
        ZoneId zone = window.zone();
        boolean zoneSkippedAll =
                first.atStartOfDay(zone).equals(last.plusDays(1).atStartOfDay(zone));
        return zoneSkippedAll ? counterpart() : in(Window.ofDays(first, last, zone, LONGEST_DAYS));
    }

    private InvocationSlice in(Window other) {
        return new InvocationSlice(other, Optional.empty(), granularity, integrationKey, mode, slug);
    }

    /** Whether the window to compare with is kept as a whole. */
    boolean isComparable(WholeDays known) {
        return earlier.filter(compared -> known.contain(compared.start())).isPresent();
    }

    /** Whether its series make a large answer. */
    public boolean isLarge() {
        return buckets() > MOST_BUCKETS_AT_ANY_TIME;
    }

    /** What its series cost, compared with a light read: 1 for each thousand buckets. */
    int weight() {
        return Math.ceilDiv(buckets(), MOST_BUCKETS_AT_ANY_TIME);
    }

    /** The number of the series' buckets. */
    int buckets() {
        return Math.toIntExact(window.count(granularity));
    }

    /**
     * The starts of the series' buckets. A window to compare with may have more than a requested one: a change of the clock
     * that shortens the requested days does not shorten it.
     */
    public Spine<Instant> spine() {
        return window.spine(granularity, Integer.MAX_VALUE);
    }

    private static Window window(LocalDate start, LocalDate end, ZoneId zone) {
        if (end.isBefore(start)) {
            throw refused("end_date %s is before start_date %s".formatted(end, start));
        }
        if (start.isBefore(EARLIEST) || end.isAfter(LATEST)) {
            throw refused("start_date and end_date must lie between %s and %s".formatted(EARLIEST, LATEST));
        }
        try {
            return Window.ofDays(start, end, zone, LONGEST_DAYS);
        } catch (IllegalArgumentException unservable) {
            throw refused(unservable.getMessage());
        }
    }

    private static void requireFewBuckets(InvocationSlice slice) {
        try {
            var _ = slice.window().checkedCount(slice.granularity(), MOST_BUCKETS);
        } catch (TooManyBuckets tooMany) {
            String fitting = tooMany.finestOf(GRANULARITIES)
                    .map(granularity -> "; granularity " + granularity.wireName() + " would fit")
                    .orElse("");
            throw refused(tooMany.getMessage() + fitting);
        }
    }

    private static FailureException refused(String message) {
        return new FailureException(new Failure.Malformed(400, message));
    }
}
