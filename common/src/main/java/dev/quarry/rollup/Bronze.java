package dev.quarry.rollup;

import dev.quarry.clickhouse.TableName;

/**
 * A bronze table whose inserts make marks.
 *
 * @param table the table's name, as in the column {@code source} of the marks
 * @param order the table's sorting key, which is used to find one of its rows
 */
public record Bronze(String table, Order order) {
    public Bronze {
        new TableName(table);
    }

    /** A sorting key of a bronze table. */
    public enum Order {
        /** Organisation, day, event. */
        BY_DAY,
        /** Organisation, hour, time, event. */
        BY_HOUR,
        /** Organisation, app, timestamp, event. */
        BY_APP
    }

    /** A table sorted by organisation, day and event. */
    public static Bronze byDay(String table) {
        return new Bronze(table, Order.BY_DAY);
    }

    /** A table sorted by organisation, hour, time and event. */
    public static Bronze byHour(String table) {
        return new Bronze(table, Order.BY_HOUR);
    }

    /** A table sorted by organisation, app, timestamp and event. */
    public static Bronze byApp(String table) {
        return new Bronze(table, Order.BY_APP);
    }
}
