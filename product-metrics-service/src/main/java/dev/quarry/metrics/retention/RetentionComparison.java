package dev.quarry.metrics.retention;

import dev.quarry.comparison.Change;
import dev.quarry.comparison.Counterpart;
import dev.quarry.metrics.EarlierWindow;
import dev.quarry.metrics.retention.Retention.Cohort;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The cohorts of an earlier window, beside those of the requested one. Cohorts are paired by their place in the window.
 *
 * @param from first day of the earlier window, inclusive
 * @param to last day of the earlier window, inclusive
 */
@RegisterForReflection
@Schema(name = "RetentionComparison")
public record RetentionComparison(
        @Schema(required = true, description = "First day of the earlier window, inclusive")
        LocalDate from,

        @Schema(required = true, description = "Last day of the earlier window, inclusive")
        LocalDate to,

        @Schema(required = true, description = "A cohort for each cohort of `data`, in the same order")
        List<Earlier> data) {

    /**
     * Pairs the shown cohorts with those of an earlier window.
     *
     * @param sparse cohorts of the earlier window; a period without one has no users
     */
    static RetentionComparison of(List<Cohort> shown, EarlierWindow window, List<Cohort> sparse) {
        Map<LocalDate, Cohort> byPeriod =
                sparse.stream().collect(Collectors.toMap(Cohort::period, Function.identity()));
        List<Earlier> data = Counterpart.of(
                        shown,
                        window.periods(),
                        period -> byPeriod.getOrDefault(period, Cohort.empty(period)),
                        window::isKnown,
                        RetentionComparison::changeOfShare)
                .stream()
                .map(Earlier::of)
                .toList();
        return new RetentionComparison(
                window.dates().from().orElseThrow(), window.dates().to().orElseThrow(), data);
    }

    /**
     * A cohort of the earlier window.
     *
     * @param period null if the earlier window has fewer periods
     * @param retained null if the events of its period of return are no longer kept, or there is no period
     * @param cohortSize null where {@code retained} is
     * @param change of the share that returned, in percent, at least -100; null if either cohort is empty, or nobody of
     *     the earlier one returned
     */
    @RegisterForReflection
    @Schema(name = "RetentionComparisonCohort")
    public record Earlier(
            @Schema(
                    required = true,
                    nullable = true,
                    description = "The earlier period; null if the earlier window has fewer periods")
            LocalDate period,

            @Schema(
                    required = true,
                    nullable = true,
                    description =
                            "Number of its users who returned; null if the events of the period of return are no longer"
                                    + " kept, or there is no period")
            Long retained,

            @Schema(required = true, nullable = true, description = "Number of its users; null where `retained` is")
            Long cohortSize,

            @Schema(
                    required = true,
                    nullable = true,
                    description =
                            "Change of the share that returned, from this cohort to that of `data`, in percent of this"
                                    + " share, at least -100, with two decimals; null if either cohort is empty, or"
                                    + " nobody of this one returned")
            Double change) {

        static final Earlier NONE = new Earlier(null, null, null, null);

        private static Earlier of(Counterpart<LocalDate, Cohort> counterpart) {
            Cohort cohort = counterpart.value();
            return cohort == null
                    ? new Earlier(counterpart.bucket(), null, null, null)
                    : new Earlier(cohort.period(), cohort.retained(), cohort.cohortSize(), counterpart.change());
        }
    }

    /**
     * Both shares are multiplied by both sizes, so that nothing is rounded before the end. An empty cohort makes the base
     * of the change 0, for which there is no percentage.
     */
    private static Double changeOfShare(Cohort current, Cohort earlier) {
        return Change.percent(
                product(current.retained(), earlier.cohortSize()), product(earlier.retained(), current.cohortSize()));
    }

    private static BigDecimal product(long one, long other) {
        return BigDecimal.valueOf(one).multiply(BigDecimal.valueOf(other));
    }
}
