package dev.quarry.metrics.retention;

import dev.quarry.caller.Caller;
import dev.quarry.csv.Table;
import dev.quarry.csv.Tabular;
import dev.quarry.metrics.Period;
import dev.quarry.time.Granularity;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Cohorts, oldest first, and how many users of each came back. A cohort is left out if its day of return is not over
 * yet or no longer kept, because its 0 would be misleading.
 *
 * @param days number of days from a user's first use to the day of return
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
        List<Cohort> data)
        implements Tabular {

    @Override
    public Table<?> table() {
        return new Table<>(Cohort.class, data);
    }

    /**
     * The users whose first ever use was on a day.
     *
     * @param period the day
     */
    @Schema(name = "RetentionCohort")
    public record Cohort(
            @Schema(required = true, description = "Day of the first use")
            LocalDate period,

            @Schema(required = true, description = "Number of users of the day who returned, at least 0")
            long retained,

            @Schema(required = true, description = "Number of users whose first use was on the day, at least 0")
            long cohortSize) {

        static Cohort empty(LocalDate period) {
            return new Cohort(period, 0, 0);
        }
    }

    /** Fills the days of {@code shown} with sparse cohorts. A day without a cohort has no users. */
    static Retention of(Caller caller, Period period, Period shown, int days, List<Cohort> sparse) {
        List<Cohort> cohorts =
                shown.window().dates(Granularity.DAY, shown.limit()).fill(sparse, Cohort::period, Cohort::empty);
        return of(caller, period, days, cohorts);
    }

    static Retention none(Caller caller, Period period, int days) {
        return of(caller, period, days, List.of());
    }

    private static Retention of(Caller caller, Period period, int days, List<Cohort> cohorts) {
        return new Retention("retention", caller.organization(), period.from(), period.to(), days, cohorts);
    }
}
