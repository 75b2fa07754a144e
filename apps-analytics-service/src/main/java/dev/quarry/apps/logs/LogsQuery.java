package dev.quarry.apps.logs;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads a log, newest entries first. An entry that was delivered twice may come twice, side by side, its newest
 * delivery first. The engine does not remove duplicates, because it would then read the whole window instead of
 * stopping at the limit.
 */
@ApplicationScoped
class LogsQuery {
    /** A search may read many more rows than it finds. */
    private static final int SEARCH_WEIGHT = 2;

    /**
     * Bytes that a row may have, on average over a page: a message of 2,000 characters that take 4 bytes each, and half as
     * much for the other texts. A page of many longer ones would fill the memory.
     */
    private static final long ROW_BYTES = 12_000;

    /** Bytes that a page may have, however few rows it has. */
    private static final long PAGE_BYTES = 1_000_000;

    private final ClickHouse clickHouse;

    LogsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /**
     * A row of a log.
     *
     * @param delivered nanoseconds since 1970; the newest delivery counts
     * @param holds false if a newer delivery of the entry is known, which the filter may reject
     */
    record Found(LogPosition position, LogEntry entry, long delivered, boolean holds) {

        static Found runtime(Row row) {
            LogPosition position = LogPosition.of(row);
            return new Found(position, LogEntry.RuntimeEntry.of(position, row), row.nextLong(), true);
        }

        static Found request(Row row) {
            LogPosition position = LogPosition.of(row);
            return new Found(position, LogEntry.RequestEntry.of(position, row), row.nextLong(), true);
        }

        /** The later of timestamp and delivery. */
        Instant countsFrom() {
            Instant delivery = Instant.EPOCH.plusNanos(delivered);
            return delivery.isAfter(position.timestamp()) ? delivery : position.timestamp();
        }

        private Found provided(boolean stillHolds) {
            return new Found(position, entry, delivered, stillHolds);
        }
    }

    private record Delivery(LogPosition position, long delivered, boolean passes) {
        /**
         * Whether a row that was read before is the entry's newest delivery, or was so when it was read: a newer
         * delivery that also matches the filter arrived later. Two deliveries of one batch have the same time, and only the
         * last one counts, so only {@code passes} tells them apart.
         */
        boolean leaves(Found row) {
            return passes && row.delivered() <= delivered;
        }
    }

    /** The most bytes of an answer with so many rows. */
    static long bytes(int rows) {
        return Math.max(PAGE_BYTES, rows * ROW_BYTES);
    }

    /** The newest rows that lie at or after {@code start} and before {@code before}, newest first. */
    List<Found> fetch(Caller caller, LogFilter filter, Instant start, LogPosition before, int limit) {
        LogTable table = LogTable.of(filter);
        List<Found> rows = table.newestFirst(clickHouse, caller, before)
                .weight(filter.text().isEmpty() ? 1 : SEARCH_WEIGHT)
                .mostBytes(bytes(limit))
                .bind("app", filter.app())
                .bind("level", filter.level())
                .bind("text", filter.text())
                .bind("start", start)
                .bind("limit", limit)
                .list(table::found);
        return compared(caller, filter, Instant.EPOCH, rows);
    }

    /**
     * Marks each row as its entry's newest delivery or not. The old delivery of a corrected entry stays in the table
     * until the parts have merged, and in {@code canvas_app_problems} until it expires.
     *
     * @param rows newest first; between two of them, no other row counts from {@code since} or later
     */
    List<Found> compared(Caller caller, LogFilter filter, Instant since, List<Found> rows) {
        if (rows.isEmpty() || !filter.looksAtContent()) {
            return rows;
        }
        LogPosition newest = rows.getFirst().position();
        LogPosition oldest = rows.getLast().position();
        Map<LogPosition, Delivery> deliveries = LogTable.of(filter)
                .newestDeliveries(clickHouse, caller)
                .bind("app", filter.app())
                .bind("level", filter.level())
                .bind("text", filter.text())
                .bind("oldest", oldest.timestamp())
                .bind("oldest_id", oldest.eventId())
                .bind("newest", newest.timestamp())
                .bind("newest_id", newest.eventId())
                .bind("since", since)
                .list(row -> new Delivery(LogPosition.of(row), row.nextLong(), row.nextBoolean()))
                .stream()
                .collect(Collectors.toMap(Delivery::position, Function.identity()));
        return rows.stream()
                .map(row -> row.provided(deliveries.containsKey(row.position())
                        && deliveries.get(row.position()).leaves(row)))
                .toList();
    }

    /**
     * The time of the oldest of the newest {@code rows} rows before {@code before}. Empty if the window has no more
     * rows. Rows of the same moment as {@code before} count too, unless {@code before} is the start of that moment: the
     * page before has examined them. If they counted again and were more than {@code rows}, each further page would end
     * where it begins.
     */
    Optional<Instant> reach(Caller caller, LogFilter filter, Instant start, LogPosition before, int rows) {
        Instant moment = before.timestamp();
        return LogTable.of(filter)
                .reach(clickHouse, caller)
                .bind("app", filter.app())
                .bind("level", filter.level())
                .bind("start", start)
                .bind("until", before.isStart() ? moment : moment.plusMillis(1))
                .bind("rows", rows)
                .list(Row::nextInstant)
                .stream()
                .findFirst();
    }
}
