package dev.quarry.apps.logs;

import dev.quarry.apps.AppsConfiguration;
import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.caller.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads logs page by page, newest first. Each entry comes once, however often it was delivered. */
@ApplicationScoped
class LogReader {
    /** A page may have one redelivered entry in this many without a second query. */
    private static final int SPARE_SHARE = 10;

    /**
     * The length of the first stretch of time that is searched, and the factor by which each further stretch is longer.
     * Within an hour the engine reads few parts and few blocks, however many there are: a third of the cost of the
     * whole window.
     */
    private static final Duration NEWEST_STRETCH = Duration.ofHours(1);

    private static final int WIDENING = 12;
    /** Problems are rarer than other entries, and lie closer together in their table. */
    private static final Duration NEWEST_STRETCH_OF_PROBLEMS = NEWEST_STRETCH.multipliedBy(WIDENING);

    /**
     * Maximum number of full reads for a page. A page needs more than two only if many of the rows that it reads are of
     * entries that were corrected to another level.
     */
    private static final int MOST_READS = 50;

    private final LogsQuery query;
    private final int searchRows;

    LogReader(LogsQuery query, AppsConfiguration configuration) {
        this.query = query;
        this.searchRows = configuration.searchRows();
    }

    /**
     * One page of a log.
     *
     * @param next where older entries of the window may follow; empty at the end of the window
     */
    record Page(List<LogEntry> entries, Optional<LogCursor> next) {}

    /**
     * At most {@code limit} entries older than the cursor's position. A page reads a limited number of entries, so it may
     * have fewer and still have a next page.
     */
    Page read(Caller caller, LogFilter filter, LogCursor from, int limit) {
        Optional<Instant> reach = filter.text().isEmpty()
                ? Optional.empty()
                : query.reach(caller, filter, from.start(), from.before(), searchRows);
        Instant end = reach.orElse(from.start());
        List<LogEntry> entries = new ArrayList<>(limit);
        LogPosition last = from.before();
        LogPosition before = last;
        Duration stretch = filter.isForProblems() ? NEWEST_STRETCH_OF_PROBLEMS : NEWEST_STRETCH;
        int reads = 1;
        while (true) {
            Instant start = later(end, before.timestamp().minus(stretch));
            int asked = limit - entries.size() + limit / SPARE_SHARE + 1;
            List<Found> rows = query.fetch(caller, filter, start, before, asked);
            for (Found row : rows) {
                if (entries.size() < limit && row.holds() && !row.position().equals(last)) {
                    entries.add(row.entry());
                    last = row.position();
                }
            }
            if (entries.size() == limit) {
                return new Page(entries, Optional.of(new LogCursor(last, from.start())));
            }
            if (rows.size() == asked) {
                // The newest delivery of the last row's entry is among these rows.
                before = rows.getLast().position();
                reads++;
                if (reads > MOST_READS) {
                    return new Page(entries, Optional.of(new LogCursor(before, from.start())));
                }
            } else if (start.equals(end)) {
                return new Page(
                        entries, reach.map(instant -> new LogCursor(LogPosition.startOf(instant), from.start())));
            } else {
                before = LogPosition.startOf(start);
                stretch = stretch.multipliedBy(WIDENING);
            }
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
