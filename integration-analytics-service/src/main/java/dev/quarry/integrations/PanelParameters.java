package dev.quarry.integrations;

import dev.quarry.comparison.CompareParameter;
import dev.quarry.parameters.Parameter;
import dev.quarry.time.Granularity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;

/** The parameters of every panel and of the dashboard: the window, its buckets, and filters. */
@RegisterForReflection
public record PanelParameters(
        @Parameter(
                name = "granularity",
                title = "Granularity",
                description =
                        "Length of a bucket. A window has at most 10,000 buckets. A week is named by its Monday; the first"
                                + " and the last week are cut at the window's edges",
                pattern = "^(minute|hour|day|week)$",
                values = {"minute", "hour", "day", "week"},
                defaultValue = "hour",
                example = "day")
        Granularity granularity,

        @Parameter(
                name = "integration_key",
                title = "Integration Key",
                description = "Only invocations of this integration; an empty value is a value too",
                nullable = true)
        Optional<String> integrationKey,

        @Parameter(
                name = "mode",
                title = "Mode",
                description = "Only invocations in this mode; an empty value is a value too",
                nullable = true)
        Optional<String> mode,

        @Parameter(
                name = "slug",
                title = "Slug",
                description = "Only invocations of the tool with this slug; an empty value is a value too",
                nullable = true)
        Optional<String> slug,

        @Parameter(
                name = "start_date",
                title = "Start Date",
                description = "First day of the window, inclusive; 1971-01-01 or later",
                example = "2026-06-01")
        LocalDate startDate,

        @Parameter(
                name = "end_date",
                title = "End Date",
                description =
                        "Last day of the window, inclusive; 2099-12-31 or earlier. A window has at most 10,000 days",
                example = "2026-06-30")
        LocalDate endDate,

        @Parameter(
                name = "tz",
                description = "IANA time zone in which days and buckets begin",
                defaultValue = "UTC",
                example = "Europe/Berlin")
        ZoneId zone) {

    public InvocationSlice slice(CompareParameter comparison) {
        return InvocationSlice.of(startDate, endDate, zone, comparison, granularity, integrationKey, mode, slug);
    }
}
