package dev.quarry.metrics.retention;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.quarry.caller.Caller;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.Unit;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Cohorts, oldest first, and how many users of each came back. A cohort is left out if its day of return is not over
 * yet or no longer kept, because its 0 would be misleading.
 *
 * @param days number of days, or of {@code unit}, from a user's first use to the return
 * @param unit {@code week} or {@code month}; null if periods are days
 */
@Schema(name = "RetentionResponse")
public record Retention(
        @Schema(required = true, description = "Name of the endpoint")
        String metric,

        @Schema(required = true, description = "Organization that the numbers are about")
        String organizationId,

        @Schema(required = true, description = "First day of the window, inclusive")
        LocalDate from,

        @Schema(required = true, description = "Last day of the window, inclusive")
        LocalDate to,

        @Schema(required = true, description = "Number of days from the first use to the return, 1 to 90")
        int days,

        @Schema(
                required = true,
                description =
                        "Every day of the window whose day of return is over, oldest first; the newest `limit` of them")
        List<Cohort> data,

        @Schema(
                description =
                        "`week` or `month` if the periods are weeks or months; `days` then counts these; absent for days")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        String unit) {

    /**
     * The users whose first ever use was in a period.
     *
     * @param period the day, or the first day of the week or month
     */
    @Schema(name = "RetentionCohort")
    public record Cohort(
            @Schema(required = true, description = "Day of the first use, or the first day of its week or month")
            LocalDate period,

            @Schema(required = true, description = "Number of users of the cohort who returned, at least 0")
            long retained,

            @Schema(required = true, description = "Number of users whose first use was in the period, at least 0")
            long cohortSize) {

        static Cohort empty(LocalDate period) {
            return new Cohort(period, 0, 0);
        }
    }

    /** Fills the periods of {@code shown} with sparse cohorts. A period without a cohort has no users. */
    static Retention of(Caller caller, Period period, Period shown, RetentionParameters asked, List<Cohort> sparse) {
        Unit unit = asked.cohortUnit();
        return of(caller, period, asked, shown.periods(unit).fill(sparse, Cohort::period, Cohort::empty));
    }

    static Retention none(Caller caller, Period period, RetentionParameters asked) {
        return of(caller, period, asked, List.of());
    }

    private static Retention of(Caller caller, Period period, RetentionParameters asked, List<Cohort> cohorts) {
        String unit = asked.cohortUnit().isDay() ? null : asked.unit().wireName();
        return new Retention(
                "retention", caller.organization(), period.from(), period.to(), asked.days(), cohorts, unit);
    }
}
