package dev.quarry.apps.logs;

import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.caller.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Follows one log. An entry that arrives later than others of its time is still sent, once, if it is not too late. Each
 * query therefore begins a little before the newest entry sent, and skips entries that were sent already.
 */
final class Tail {
    private static final int PAGE = 1_000;

    private final TailQuery query;
    private final Caller caller;
    private final LogFilter filter;
    private final Duration lateness;
    private final LogPosition begin;
    private final Set<LogPosition> told = new HashSet<>();
    /** Where a client would resume: no entry that was sent lies after it. */
    private LogPosition newest;

    Tail(TailQuery query, Caller caller, LogFilter filter, LogPosition begin, Duration lateness) {
        this.query = query;
        this.caller = caller;
        this.filter = filter;
        this.begin = begin;
        this.lateness = lateness;
        this.newest = begin;
    }

    /**
     * An entry to send.
     *
     * @param resume where a client that has received the entry would resume: not before any entry that it has received
     */
    record Told(LogPosition resume, LogEntry entry) {}

    /**
     * New entries older than {@code now}, oldest first. Reads at most one page with new entries, so more may follow.
     */
    List<Told> next(Instant now) {
        LogPosition from = floor();
        told.removeIf(position -> position.timestamp().isBefore(from.timestamp()));
        List<Told> fresh = new ArrayList<>();
        LogPosition after = from;
        boolean beyond = newest.equals(from);
        while (fresh.isEmpty()) {
            List<Found> rows = query.fetch(caller, filter, after, now, PAGE);
            for (Found row : rows) {
                LogPosition position = row.position();
                beyond |= position.timestamp().isAfter(newest.timestamp());
                if (row.holds() && told.add(position)) {
                    newest = beyond ? position : newest;
                    fresh.add(new Told(newest, row.entry()));
                } else {
                    beyond |= position.equals(newest);
                }
            }
            if (rows.size() < PAGE) {
                break;
            }
            after = rows.getLast().position();
        }
        return fresh;
    }

    private LogPosition floor() {
        Instant early = newest.timestamp().minus(lateness);
        return early.isAfter(begin.timestamp()) ? LogPosition.startOf(early) : begin;
    }
}
