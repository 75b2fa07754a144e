package dev.quarry.apps.logs;

import dev.quarry.apps.logs.LogsQuery.Found;
import java.time.Instant;

/**
 * An entry that a tail sends.
 *
 * @param resume where a client that has received the entry resumes
 */
record TailEntry(TailCursor resume, LogEntry entry) {

    /** An entry that is sent by the look. */
    static TailEntry of(Found row, TailCursor look) {
        return new TailEntry(look.at(row.position()), row.entry());
    }

    LogPosition position() {
        return resume.position();
    }

    Instant timestamp() {
        return position().timestamp();
    }
}
