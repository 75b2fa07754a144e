package dev.quarry.metrics.retention;

import dev.quarry.comparison.CompareParameter;
import dev.quarry.metrics.Dates;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.Unit;
import dev.quarry.metrics.retention.Retention.Cohort;
import dev.quarry.metrics.retention.RetentionComparison.Earlier;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The cohorts to compare with.
 *
 * @param dates the earlier window
 * @param periods those at the places of the shown cohorts; fewer if the earlier window has fewer periods
 * @param kept the days to read; empty if there are none
 * @param known the days whose cohorts can be counted; all if empty
 */
record EarlierCohorts(Dates dates, List<LocalDate> periods, Optional<Period> kept, Optional<WholeDays> known) {

    /**
     * Finds the counterparts of cohorts.
     *
     * @param shown some adjacent periods of the requested window
     */
    static EarlierCohorts of(
            CompareParameter compare, Period requested, Unit unit, List<LocalDate> shown, Optional<WholeDays> known) {
        Dates dates = requested.earlier(compare);
        Optional<Period> window = requested.of(dates).map(EarlierCohorts::withAllPeriods);
        List<LocalDate> all =
                window.map(earlier -> earlier.periods(unit).buckets()).orElse(List.of());
        int first = shown.isEmpty()
                ? all.size()
                : Math.min(all.size(), Spine.place(withAllPeriods(requested).periods(unit), shown.getFirst()));
        List<LocalDate> periods = all.subList(first, Math.min(all.size(), first + shown.size()));
        if (periods.isEmpty()) {
            return new EarlierCohorts(dates, periods, Optional.empty(), known);
        }
        LocalDate last = unit.plus(periods.getLast(), 1).minusDays(1);
        Optional<Period> days =
                window.flatMap(earlier -> earlier.since(periods.getFirst())).flatMap(earlier -> earlier.until(last));
        return new EarlierCohorts(
                dates,
                periods,
                days.flatMap(earlier -> known.isPresent() ? earlier.within(known.get()) : Optional.of(earlier)),
                known);
    }

    private static Period withAllPeriods(Period period) {
        return new Period(period.from(), period.to(), Integer.MAX_VALUE, period.zone());
    }

    /** Compares the shown cohorts with the sparse ones of this window. */
    RetentionComparison compare(List<Cohort> shown, List<Cohort> sparse) {
        Map<LocalDate, Cohort> byPeriod =
                sparse.stream().collect(Collectors.toMap(Cohort::period, Function.identity()));
        List<Earlier> data = IntStream.range(0, shown.size())
                .mapToObj(place ->
                        place < periods.size() ? earlier(shown.get(place), periods.get(place), byPeriod) : Earlier.NONE)
                .toList();
        return new RetentionComparison(dates.from().orElseThrow(), dates.to().orElseThrow(), data);
    }

    private Earlier earlier(Cohort current, LocalDate period, Map<LocalDate, Cohort> byPeriod) {
        return known.isPresent() && !known.get().contain(period)
                ? Earlier.unknown(period)
                : Earlier.of(current, byPeriod.getOrDefault(period, Cohort.empty(period)));
    }
}
