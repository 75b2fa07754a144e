package dev.quarry.metrics;

import dev.quarry.comparison.CompareParameter;
import dev.quarry.time.WholeDays;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * The window to compare with.
 *
 * @param periods those in the places of the periods that are shown, as far as the zone had them, since 1970
 * @param kept the days to read; empty if there are none
 * @param known the days whose events are kept; all if empty
 */
record EarlierWindow(Dates dates, List<LocalDate> periods, Optional<Period> kept, Optional<WholeDays> known) {
    static EarlierWindow of(CompareParameter compare, Period period, Unit unit, Optional<WholeDays> known) {
        Dates dates = period.earlier(compare);
        Optional<Period> earlier = period.of(dates).flatMap(days -> days.beside(period, unit));
        return new EarlierWindow(
                dates,
                earlier.map(days -> days.periods(unit).buckets()).orElse(List.of()),
                earlier.flatMap(days -> known.isPresent() ? days.within(known.get()) : earlier),
                known);
    }

    /** Compares a series with the sparse points of this window. */
    Comparison compare(List<TimeSeries.Point> series, List<TimeSeries.Point> sparse) {
        List<TimeSeries.Point> whole =
                sparse.stream().filter(point -> isKnown(point.period())).toList();
        return Comparison.of(series, dates, periods, whole, this::isKnown);
    }

    private boolean isKnown(LocalDate day) {
        return known.isEmpty() || known.get().contain(day);
    }
}
