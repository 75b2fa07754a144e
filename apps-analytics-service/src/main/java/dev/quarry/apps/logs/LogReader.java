package dev.quarry.apps.logs;

import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.auth.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads logs page by page, newest first, each entry once however often it was delivered. */
@ApplicationScoped
class LogReader {
    /** One redelivered entry in so many is made up for without asking the engine again. */
    private static final int SPARE_SHARE = 10;

    private final LogsQuery query;

    LogReader(LogsQuery query) {
        this.query = query;
    }

    /**
     * A part of a log.
     *
     * @param next where older entries of the window may follow; empty at its end
     */
    record Page(List<LogEntry> entries, Optional<LogCursor> next) {}

    /** At most {@code limit} entries older than the cursor's position. */
    Page read(Caller caller, LogFilter filter, LogCursor from, int limit) {
        List<LogEntry> entries = new ArrayList<>(limit);
        LogPosition last = from.before();
        while (entries.size() < limit) {
            int asked = limit - entries.size() + limit / SPARE_SHARE + 1;
            List<Found> rows = query.fetch(caller, filter, from.start(), last, asked);
            for (Found row : rows) {
                if (entries.size() < limit && !row.position().equals(last)) {
                    entries.add(row.entry());
                    last = row.position();
                }
            }
            if (rows.size() < asked && entries.size() < limit) {
                return new Page(entries, Optional.empty());
            }
        }
        return new Page(entries, Optional.of(new LogCursor(last, from.start())));
    }
}
