package dev.quarry.apps.logs;

import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.caller.Caller;
import java.time.Instant;
import java.util.List;

/** A log and the filter of those who follow it. */
record FollowedLog(TailQuery query, Caller caller, LogFilter filter) {
    /** Few, because the entries of a page are in memory together, for each tail that catches up. */
    static final int PAGE = 250;

    /**
     * The oldest rows after {@code after} that count from {@code since} or later and from before {@code until}: see
     * {@link TailCursor}. {@link #isLast} tells whether more may follow.
     */
    List<Found> page(LogPosition after, Instant since, Instant until) {
        return query.fetch(caller, filter, after, since, until, PAGE);
    }

    static boolean isLast(List<Found> page) {
        return page.size() < PAGE;
    }
}
