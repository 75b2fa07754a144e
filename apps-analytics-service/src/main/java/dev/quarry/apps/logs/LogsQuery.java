package dev.quarry.apps.logs;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Reads a log from its newest end. Rows come as they were delivered: an entry that was delivered twice may come twice,
 * side by side. Asking the engine for distinct ones would make it read the whole window instead of stopping at the limit.
 */
@ApplicationScoped
class LogsQuery {
    private final ClickHouse clickHouse;

    LogsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** A row of a log. */
    record Found(LogPosition position, LogEntry entry) {

        static Found runtime(Row row) {
            LogPosition position = LogPosition.of(row);
            return new Found(position, LogEntry.RuntimeEntry.of(position, row));
        }

        static Found request(Row row) {
            LogPosition position = LogPosition.of(row);
            return new Found(position, LogEntry.RequestEntry.of(position, row));
        }
    }

    /** The newest rows that lie at or after {@code start} and before {@code before}, newest first. */
    List<Found> fetch(Caller caller, LogFilter filter, Instant start, LogPosition before, int limit) {
        LogTable table = LogTable.of(filter);
        return clickHouse
                .query(caller, table.newestFirst(filter, before))
                .bind("app", filter.app())
                .bind("level", filter.level())
                .bind("text", filter.text())
                .bind("start", start)
                .bind("before", before.timestamp())
                .bind("before_id", before.eventId())
                .bind("limit", limit)
                .list(table::found);
    }

    /** How far back the newest {@code rows} rows before {@code before} go; empty if the window has no more than that. */
    Optional<Instant> reach(Caller caller, LogFilter filter, Instant start, LogPosition before, int rows) {
        return clickHouse
                .query(caller, LogTable.of(filter).reach(filter))
                .bind("app", filter.app())
                .bind("level", filter.level())
                .bind("start", start)
                .bind("before", before.timestamp())
                .bind("rows", rows)
                .list(Row::nextInstant)
                .stream()
                .findFirst();
    }
}
