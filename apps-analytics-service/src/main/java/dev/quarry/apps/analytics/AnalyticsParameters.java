package dev.quarry.apps.analytics;

import dev.quarry.apps.AppPath;
import dev.quarry.comparison.CompareParameter;
import dev.quarry.groups.GroupLimit;
import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.time.ZoneId;

/** An app, a window, and what to tell of it. */
@RegisterForReflection
record AnalyticsParameters(
        AppPath path,

        OverviewBounds bounds,

        @Parameter(
                name = "tz",
                description =
                        "Extension: the IANA time zone in which the hours and days of errors_over_time begin, and in which"
                                + " `start` and `end` are if they have no offset",
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
                description = "Extension: the table that CSV and Arrow have; JSON has all of them",
                defaultValue = "errors_over_time",
                example = "vitals")
        OverviewTable table,

        GroupLimit limit,
        VitalBreakdown breakdown,
        CompareParameter comparison,
        Instant now) {

    OverviewWindow overview() {
        return bounds.window(zone, now);
    }
}
