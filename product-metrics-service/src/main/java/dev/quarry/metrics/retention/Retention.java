package dev.quarry.metrics.retention;

import dev.quarry.auth.Caller;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.time.Granularity;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Cohorts, oldest first, and how many users of each came back. A cohort is left out if its day of return is not over
 * yet or no longer kept: its zero would look like a collapse.
 *
 * @param days how many days after its first use a user must have been active to count as retained
 */
@Schema(name = "RetentionResponse")
public record Retention(
        @Schema(required = true) String metric,
        @Schema(required = true) String organizationId,
        @Schema(required = true) LocalDate from,
        @Schema(required = true) LocalDate to,
        @Schema(required = true) int days,
        @Schema(required = true) List<Cohort> data) {

    /**
     * The users whose first ever use was on a day.
     *
     * @param period the day
     */
    @Schema(name = "RetentionCohort")
    public record Cohort(
            @Schema(required = true) LocalDate period,
            @Schema(required = true) long retained,
            @Schema(required = true) long cohortSize) {

        static Cohort empty(LocalDate period) {
            return new Cohort(period, 0, 0);
        }
    }

    /** Fills the days of {@code shown} with sparse cohorts; a day without a cohort has no users. */
    static Retention of(Caller caller, PeriodParameters asked, PeriodParameters shown, int days, List<Cohort> sparse) {
        List<Cohort> cohorts =
                shown.window().dates(Granularity.DAY, shown.limit()).fill(sparse, Cohort::period, Cohort::empty);
        return of(caller, asked, days, cohorts);
    }

    /** An answer without cohorts. */
    static Retention none(Caller caller, PeriodParameters asked, int days) {
        return of(caller, asked, days, List.of());
    }

    private static Retention of(Caller caller, PeriodParameters asked, int days, List<Cohort> cohorts) {
        return new Retention("retention", caller.organization(), asked.from(), asked.to(), days, cohorts);
    }
}
