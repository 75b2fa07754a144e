package dev.quarry.metrics;

import dev.quarry.comparison.CompareParameter;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The window to compare with. Its periods are paired with those of the requested window by their place, whatever part of
 * that window an answer shows.
 *
 * @param periods those in the places of the shown ones; fewer if the zone did not have as many, since 1970
 * @param kept the days to read; empty if there are none
 * @param known the days whose events are kept; all if empty
 */
public record EarlierWindow(Dates dates, List<LocalDate> periods, Optional<Period> kept, Optional<WholeDays> known) {

    /**
     * Finds the periods to compare with.
     *
     * @param shown adjacent periods of the requested window
     */
    public static EarlierWindow of(
            CompareParameter compare, Period requested, Unit unit, List<LocalDate> shown, Optional<WholeDays> known) {
        Dates dates = requested.earlier(compare, unit);
        Optional<Period> window = requested.of(dates).map(EarlierWindow::withEveryPeriod);
        List<LocalDate> periods = window.map(earlier -> inPlacesOf(shown, requested, earlier, unit))
                .orElse(List.of());
        Optional<Period> days = periods.isEmpty()
                ? Optional.empty()
                : window.flatMap(earlier -> earlier.since(periods.getFirst()))
                        .flatMap(earlier ->
                                earlier.until(unit.plus(periods.getLast(), 1).minusDays(1)));
        return new EarlierWindow(
                dates,
                periods,
                days.flatMap(earlier -> known.isPresent() ? earlier.within(known.get()) : Optional.of(earlier)),
                known);
    }

    private static List<LocalDate> inPlacesOf(List<LocalDate> shown, Period requested, Period earlier, Unit unit) {
        List<LocalDate> all = earlier.periods(unit).buckets();
        int first = shown.isEmpty()
                ? all.size()
                : Spine.place(withEveryPeriod(requested).periods(unit), shown.getFirst());
        return all.subList(Math.min(first, all.size()), Math.min(first + shown.size(), all.size()));
    }

    private static Period withEveryPeriod(Period period) {
        return new Period(period.from(), period.to(), Integer.MAX_VALUE, period.zone());
    }

    /** Reads the sparse values of a slice of earlier days. */
    @FunctionalInterface
    public interface Reader<V> {
        List<SliceRow<V>> read(Period period, Slice slice);
    }

    /** Reads the sparse values of the slice as a whole. */
    public <V> List<V> whole(Slice slice, Reader<V> reader) {
        return kept.map(days -> SliceRow.whole(reader.read(days, slice.withoutGroups())))
                .orElse(List.of());
    }

    /**
     * Reads the sparse values of groups, whether they were among the largest here or not.
     *
     * @return the values by key; a group without any may be missing
     */
    public <V> Map<String, List<V>> groups(List<String> keys, Slice slice, Reader<V> reader) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        return kept.map(days -> SliceRow.byKey(reader.read(days, slice.ofGroups(keys)), keys.size()))
                .orElse(Map.of());
    }

    /** Compares a series with the sparse points of this window. */
    Comparison compare(List<TimeSeries.Point> series, List<TimeSeries.Point> sparse) {
        List<TimeSeries.Point> whole =
                sparse.stream().filter(point -> isKnown(point.period())).toList();
        return Comparison.of(series, dates, periods, whole, this::isKnown);
    }

    /** Whether the period's events are all kept. */
    public boolean isKnown(LocalDate period) {
        return known.isEmpty() || known.get().contain(period);
    }
}
