package dev.quarry.schema;

import com.clickhouse.client.api.query.GenericRecord;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/**
 * The difference between a new retention and the retention of the tables.
 *
 * @param shorter whether rows of any kind will be kept for fewer days than until now
 * @param eventsSince the first day, in UTC, whose events are kept if the retention goes back further
 * @param logsSince the same for logs
 * @param errorsSince the same for errors and web vitals
 */
record RetentionChange(boolean shorter, LocalDate eventsSince, LocalDate logsSince, LocalDate errorsSince) {
    /** For new tables, which had no retention before. */
    static final RetentionChange NONE = new RetentionChange(false, LocalDate.EPOCH, LocalDate.EPOCH, LocalDate.EPOCH);

    /**
     * Compares with the views {@code retention} and {@code announced_retention}, by the engine's clock. They differ if
     * an earlier run failed before it had changed all tables: then the shorter of the two may have deleted rows.
     */
    static RetentionChange of(ClickHouseStatements clickHouse, String database, Retention wanted) {
        boolean first = clickHouse
                .query("SELECT name FROM system.tables WHERE database = '%s' AND name = 'retention'"
                        .formatted(database))
                .isEmpty();
        if (first) {
            return NONE;
        }
        List<GenericRecord> rows =
                clickHouse.query("""
                WITH toDate(now('UTC')) AS today
                SELECT
                    max(event_days) > %2$d OR max(log_days) > %3$d OR max(error_days) > %4$d AS shorter,
                    toString(if(min(event_days) < %2$d,
                        greatest(max(events_since), today - min(event_days) + 1), max(events_since))) AS events,
                    toString(if(min(log_days) < %3$d,
                        greatest(max(logs_since), today - min(log_days) + 1), max(logs_since))) AS logs,
                    toString(if(min(error_days) < %4$d,
                        greatest(max(errors_since), today - min(error_days) + 1), max(errors_since))) AS errors
                FROM
                (
                    SELECT event_days, events_since, log_days, logs_since, error_days, errors_since
                    FROM `%1$s`.retention
                    UNION ALL
                    SELECT event_days, events_since, log_days, logs_since, error_days, errors_since
                    FROM `%1$s`.announced_retention
                )
                """.formatted(database, wanted.eventDays(), wanted.logDays(), wanted.errorDays()));
        GenericRecord row = rows.getFirst();
        return new RetentionChange(
                row.getBoolean("shorter"),
                LocalDate.parse(row.getString("events")),
                LocalDate.parse(row.getString("logs")),
                LocalDate.parse(row.getString("errors")));
    }

    Map<String, String> placeholders() {
        return Map.of(
                "events_since", eventsSince.toString(),
                "logs_since", logsSince.toString(),
                "errors_since", errorsSince.toString());
    }
}
