package dev.quarry.apps.logs;

import dev.quarry.apps.AppPath;
import dev.quarry.parameters.Parameter;
import dev.quarry.parameters.Place;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;

/** The new entries of a log. */
@RegisterForReflection
record TailParameters(
        AppPath path,

        @Parameter(
                name = LogFilter.TYPE,
                title = LogFilter.TYPE_TITLE,
                description = LogFilter.TYPE_DESCRIPTION,
                defaultValue = "runtime",
                example = "requests")
        LogType type,

        @Parameter(
                name = LogFilter.LEVEL,
                title = LogFilter.LEVEL_TITLE,
                description = LogFilter.LEVEL_DESCRIPTION,
                nullable = true,
                example = "error")
        Optional<String> level,

        @Parameter(
                name = LogFilter.TEXT,
                description = LogFilter.TEXT_DESCRIPTION,
                maximumLength = LogFilter.LONGEST_TEXT,
                example = "declined")
        Optional<String> text,

        @Parameter(
                name = "Last-Event-ID",
                in = Place.HEADER,
                description = "The id of the last event received; browsers send it by themselves")
        Optional<String> lastEventId) {

    LogFilter filter() {
        return new LogFilter(path.app(), type, level.orElse(""), text.orElse(""));
    }

    /** What the client's last connection sent. Empty if the client is new, or sends an id that no tail has sent. */
    Optional<TailCursor> resume() {
        return lastEventId.filter(TailCursor::isCursor).map(TailCursor::parse);
    }
}
