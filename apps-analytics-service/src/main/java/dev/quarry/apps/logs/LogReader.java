package dev.quarry.apps.logs;

import dev.quarry.apps.AppsConfiguration;
import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.auth.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads logs page by page, newest first, each entry once however often it was delivered. */
@ApplicationScoped
class LogReader {
    /** One redelivered entry in so many is made up for without asking the engine again. */
    private static final int SPARE_SHARE = 10;

    private final LogsQuery query;
    private final int searchRows;

    LogReader(LogsQuery query, AppsConfiguration configuration) {
        this.query = query;
        this.searchRows = configuration.searchRows();
    }

    /**
     * A part of a log.
     *
     * @param next where older entries of the window may follow; empty at its end
     */
    record Page(List<LogEntry> entries, Optional<LogCursor> next) {}

    /**
     * At most {@code limit} entries older than the cursor's position. A search may find fewer and yet have a next page:
     * it looks through so many entries and no more.
     */
    Page read(Caller caller, LogFilter filter, LogCursor from, int limit) {
        Optional<Instant> reach = filter.text().isEmpty()
                ? Optional.empty()
                : query.reach(caller, filter, from.start(), from.before(), searchRows);
        List<LogEntry> entries = new ArrayList<>(limit);
        LogPosition last = from.before();
        while (entries.size() < limit) {
            int asked = limit - entries.size() + limit / SPARE_SHARE + 1;
            List<Found> rows = query.fetch(caller, filter, reach.orElse(from.start()), last, asked);
            for (Found row : rows) {
                if (entries.size() < limit && !row.position().equals(last)) {
                    entries.add(row.entry());
                    last = row.position();
                }
            }
            if (rows.size() < asked && entries.size() < limit) {
                return new Page(
                        entries, reach.map(instant -> new LogCursor(LogPosition.startOf(instant), from.start())));
            }
        }
        return new Page(entries, Optional.of(new LogCursor(last, from.start())));
    }
}
