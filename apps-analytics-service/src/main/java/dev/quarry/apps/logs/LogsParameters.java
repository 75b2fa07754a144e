package dev.quarry.apps.logs;

import dev.quarry.apps.AppPath;
import dev.quarry.parameters.Parameter;
import dev.quarry.time.Window;
import dev.quarry.time.Zones;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A page of a log: the newest entries, or those before a cursor. */
@RegisterForReflection
record LogsParameters(
        AppPath path,

        @Parameter(
                name = LogFilter.TYPE,
                title = LogFilter.TYPE_TITLE,
                description = LogFilter.TYPE_DESCRIPTION,
                defaultValue = "runtime",
                example = "requests")
        LogType type,

        @Parameter(
                name = "hours",
                title = "Hours",
                description = "Lookback window in hours",
                minimum = 1,
                maximum = LogsParameters.MOST_HOURS,
                defaultValue = "1",
                example = "24")
        int hours,

        @Parameter(
                name = LogFilter.LEVEL,
                title = LogFilter.LEVEL_TITLE,
                description = LogFilter.LEVEL_DESCRIPTION,
                nullable = true,
                example = "warn")
        Optional<String> level,

        @Parameter(
                name = "limit",
                title = "Limit",
                description = "Max entries",
                minimum = 1,
                maximum = 1_000,
                defaultValue = "100",
                example = "20")
        int limit,

        @Parameter(
                name = LogsParameters.BEFORE,
                description =
                        "Extension: continues where an answer ended; take it from the rel=next of its Link header",
                pattern = LogCursor.PATTERN)
        Optional<String> before,

        @Parameter(
                name = LogFilter.TEXT,
                description = LogFilter.TEXT_DESCRIPTION,
                maximumLength = LogFilter.LONGEST_TEXT,
                example = "declined")
        Optional<String> text,

        Instant now) {

    static final String BEFORE = "before";
    static final int MOST_HOURS = 168;

    LogFilter filter() {
        return new LogFilter(path.app(), type, level.orElse(""), text.orElse(""));
    }

    /** Where the page begins. */
    LogCursor cursor() {
        return before.map(sent -> LogCursor.parse(sent).within(Duration.ofHours(MOST_HOURS), now))
                .orElseGet(() -> {
                    Window window = Window.last(Duration.ofHours(hours), Zones.UTC, now);
                    return new LogCursor(LogPosition.startOf(window.end()), window.start());
                });
    }
}
