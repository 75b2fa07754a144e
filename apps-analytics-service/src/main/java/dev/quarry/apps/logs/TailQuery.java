package dev.quarry.apps.logs;

import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;

/**
 * Reads the entries of a log after a position, oldest first. A redelivered entry may come twice, as in
 * {@link LogsQuery}.
 */
@ApplicationScoped
class TailQuery {
    private final ClickHouse clickHouse;
    private final LogsQuery logs;

    TailQuery(ClickHouse clickHouse, LogsQuery logs) {
        this.clickHouse = clickHouse;
        this.logs = logs;
    }

    /** The oldest rows after {@code after} and before {@code end}. */
    List<Found> fetch(Caller caller, LogFilter filter, LogPosition after, Instant end, int limit) {
        LogTable table = LogTable.of(filter);
        List<Found> rows = table.oldestFirst(clickHouse, caller)
                .bind("app", filter.app())
                .bind("level", filter.level())
                .bind("text", filter.text())
                .bind("start", after.timestamp())
                .bind("after_id", after.eventId())
                .bind("end", end)
                .bind("limit", limit)
                .list(table::found);
        return logs.compared(caller, filter, rows);
    }
}
