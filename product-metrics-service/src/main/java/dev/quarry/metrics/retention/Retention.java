package dev.quarry.metrics.retention;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.quarry.caller.Caller;
import dev.quarry.metrics.Dimension;
import dev.quarry.metrics.EarlierWindow;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.Slice;
import dev.quarry.metrics.SliceRow;
import dev.quarry.tabular.Table;
import dev.quarry.tabular.Tabular;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        String unit,

        @Schema(description = "The dimension of `groups`; only with `by`") @JsonInclude(JsonInclude.Include.NON_NULL)
        String dimension,

        @Schema(description = "The values that most users' first events have, the largest group first; only with `by`")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        List<Group> groups,

        @Schema(description = "All other values of the dimension together; absent if there are none")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Rest rest,

        @Schema(description = "The cohorts of an earlier window beside `data`; only with `compare`")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        RetentionComparison comparison)
        implements Tabular {

    @Override
    public Table<?> table() {
        return groups == null && comparison == null
                ? new Table<>(Cohort.class, data)
                : new Table<>(Line.class, lines());
    }

    private List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        addLines(lines, "whole", "", data, comparison);
        if (groups != null) {
            groups.forEach(group -> addLines(lines, "group", group.key(), group.data(), group.comparison()));
        }
        if (rest != null) {
            addLines(lines, "rest", "", rest.data(), null);
        }
        return lines;
    }

    private static void addLines(
            List<Line> lines, String kind, String key, List<Cohort> cohorts, RetentionComparison comparison) {
        for (int place = 0; place < cohorts.size(); place++) {
            RetentionComparison.Earlier earlier = comparison == null
                    ? RetentionComparison.Earlier.NONE
                    : comparison.data().get(place);
            lines.add(Line.of(kind, key, cohorts.get(place), earlier));
        }
    }

    /**
     * A row of the table with groups or a comparison.
     *
     * @param kind {@code whole}, {@code group} or {@code rest}
     * @param key the group's value
     * @param comparisonPeriod null without a comparison
     */
    @RegisterForReflection
    record Line(
            String kind,
            String key,
            LocalDate period,
            long retained,
            long cohortSize,
            LocalDate comparisonPeriod,
            Long comparisonRetained,
            Long comparisonCohortSize,
            Double change) {
        private static Line of(String kind, String key, Cohort cohort, RetentionComparison.Earlier earlier) {
            return new Line(
                    kind,
                    key,
                    cohort.period(),
                    cohort.retained(),
                    cohort.cohortSize(),
                    earlier.period(),
                    earlier.retained(),
                    earlier.cohortSize(),
                    earlier.change());
        }
    }

    /**
     * The cohorts of one value of the dimension.
     *
     * @param key the value of the users' first events; empty for events without one
     * @param comparison null, and then absent, unless {@code compare} was requested
     */
    @RegisterForReflection
    @Schema(name = "RetentionGroup")
    public record Group(
            @Schema(required = true, description = "The value of the users' first events; empty for events without one")
            String key,

            @Schema(required = true, description = "The same periods as those of the whole")
            List<Cohort> data,

            @Schema(description = "The group's cohorts of an earlier window beside `data`; only with `compare`")
            @JsonInclude(JsonInclude.Include.NON_NULL)
            RetentionComparison comparison) {}

    /**
     * The groups that are not among the largest.
     *
     * @param groups how many there are, at least 1
     */
    @RegisterForReflection
    @Schema(name = "RetentionRest")
    public record Rest(
            @Schema(required = true, description = "How many values these are, at least 1")
            long groups,

            @Schema(required = true, description = "Their cohorts together")
            List<Cohort> data) {}

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

    /** Fills the periods of {@code shown}, and of its groups, with sparse cohorts. A period without a cohort has no users. */
    static Retention of(
            Caller caller, Period period, Period shown, RetentionParameters asked, List<SliceRow<Cohort>> rows) {
        List<Cohort> whole = fill(shown, asked, SliceRow.whole(rows));
        if (asked.slice().breakdown().by().isEmpty()) {
            return of(caller, period, asked, whole, null, null);
        }
        int most = asked.slice().breakdown().groups();
        long omitted = SliceRow.omitted(rows, most);
        List<Group> groups =
                SliceRow.groups(rows, most, (key, cohorts) -> new Group(key, fill(shown, asked, cohorts), null));
        Rest rest = omitted == 0 ? null : new Rest(omitted, fill(shown, asked, SliceRow.rest(rows, most)));
        return of(caller, period, asked, whole, groups, rest);
    }

    private static List<Cohort> fill(Period shown, RetentionParameters asked, List<Cohort> sparse) {
        return shown.periods(asked.cohortUnit()).fill(sparse, Cohort::period, Cohort::empty);
    }

    static Retention none(Caller caller, Period period, RetentionParameters asked) {
        List<Group> groups = asked.slice().breakdown().by().isEmpty() ? null : List.of();
        return of(caller, period, asked, List.of(), groups, null);
    }

    private static Retention of(
            Caller caller,
            Period period,
            RetentionParameters asked,
            List<Cohort> cohorts,
            List<Group> groups,
            Rest rest) {
        String dimension =
                asked.slice().breakdown().by().map(Dimension::wireName).orElse(null);
        String unit = asked.cohortUnit().isDay() ? null : asked.unit().wireName();
        return new Retention(
                "retention",
                caller.organization(),
                period.from(),
                period.to(),
                asked.days(),
                cohorts,
                unit,
                dimension,
                groups,
                rest,
                null);
    }

    /** Adds the cohorts to compare with, and those of the groups. */
    Retention with(EarlierWindow earlier, Slice slice, EarlierWindow.Reader<Cohort> reader) {
        return new Retention(
                metric,
                organizationId,
                from,
                to,
                days,
                data,
                unit,
                dimension,
                groups == null ? null : compared(earlier, slice, reader),
                rest,
                RetentionComparison.of(data, earlier, earlier.whole(slice, reader)));
    }

    private List<Group> compared(EarlierWindow earlier, Slice slice, EarlierWindow.Reader<Cohort> reader) {
        Map<String, List<Cohort>> cohorts =
                earlier.groups(groups.stream().map(Group::key).toList(), slice, reader);
        return groups.stream()
                .map(group -> new Group(
                        group.key(),
                        group.data(),
                        RetentionComparison.of(group.data(), earlier, cohorts.getOrDefault(group.key(), List.of()))))
                .toList();
    }
}
