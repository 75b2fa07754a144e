package dev.quarry.apps.logs;

import dev.quarry.apps.logs.LogsQuery.Found;
import java.time.Instant;

/**
 * An entry that a tail sends.
 *
 * @param resume where a client that has received the entry resumes
 */
record TailEntry(TailCursor resume, LogEntry entry) {
    /** Estimated bytes of the objects of an entry, without its texts. */
    private static final int OVERHEAD = 400;

    /** An entry that is sent by the look. */
    static TailEntry of(Found row, TailCursor look) {
        return new TailEntry(look.at(row.position()), row.entry());
    }

    LogPosition position() {
        return resume.position();
    }

    /** Estimated size in memory. */
    long bytes() {
        return OVERHEAD + (long) Character.BYTES * entry.length();
    }

    Instant timestamp() {
        return position().timestamp();
    }
}
