package dev.quarry.apps.analytics;

import dev.quarry.apps.AppPath;
import dev.quarry.groups.GroupLimit;
import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.time.ZoneId;

/** An app, and the last hours up to now. */
@RegisterForReflection
record AnalyticsParameters(
        AppPath path,

        @Parameter(
                name = "hours",
                title = "Hours",
                description = "Lookback window in hours",
                minimum = 1,
                maximum = 720,
                defaultValue = "24",
                example = "168")
        int hours,

        @Parameter(
                name = "tz",
                description = "Extension: the IANA time zone in which the hours and days of errors_over_time begin",
                defaultValue = "UTC",
                example = "Europe/Berlin")
        ZoneId zone,

        @Parameter(
                name = "ratings",
                description = "Extension: rates each vital by the public thresholds at its 75th percentile",
                defaultValue = "false",
                example = "true")
        boolean ratings,

        @Parameter(
                name = "table",
                description = "Extension: the table that CSV has; JSON has all of them",
                defaultValue = "errors_over_time",
                example = "vitals")
        OverviewTable table,

        GroupLimit limit,
        Instant now) {

    OverviewWindow overview() {
        return OverviewWindow.last(hours, zone, now);
    }
}
