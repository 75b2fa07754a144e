package dev.quarry.apps.logs;

import dev.quarry.apps.AppsConfiguration;
import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;

/**
 * Reads the entries of a log, oldest first. A redelivered entry may come twice, as in {@link LogsQuery}. All tails share
 * a few connections, which no other request uses: however many tails are open, they do not delay requests.
 */
@ApplicationScoped
class TailQuery {
    private final ClickHouse clickHouse;
    private final LogsQuery logs;

    TailQuery(ClickHouse clickHouse, AppsConfiguration configuration) {
        this.clickHouse = clickHouse.withOwnConnections(configuration.tail().connections());
        this.logs = new LogsQuery(this.clickHouse);
    }

    @PreDestroy
    void close() {
        clickHouse.close();
    }

    /** The oldest rows after {@code after} that count from {@code since} or later and from before {@code until}. */
    List<Found> fetch(Caller caller, LogFilter filter, LogPosition after, Instant since, Instant until, int limit) {
        LogTable table = LogTable.of(filter);
        List<Found> rows = table.oldestFirst(clickHouse, caller)
                .onOneThread()
                .mostBytes(LogsQuery.bytes(limit))
                .bind("app", filter.app())
                .bind("level", filter.level())
                .bind("text", filter.text())
                .bind("start", after.timestamp())
                .bind("after_id", after.eventId())
                .bind("since", since)
                .bind("until", until)
                .bind("limit", limit)
                .list(table::found);
        return logs.compared(caller, filter, since, rows.reversed()).reversed();
    }
}
