package dev.quarry.rollup;

/**
 * A bronze table whose inserts make marks, and the sorting key by which to find one of its rows.
 *
 * @param table the table's name, as in the column {@code source} of the marks
 * @param key the columns of its sorting key after the organisation
 * @param witness the same columns in the mark that names the row as its witness
 * @param time the column that says when the event happened
 * @param appId the column of the app's id, or an empty text
 */
public record Bronze(String table, String key, String witness, String time, String appId) {
    public Bronze {
        SqlNames.require(table);
    }

    /** A table in the order of (organisation, day, event). */
    public static Bronze byDay(String table) {
        return new Bronze(table, "day, event_id", "toDate(time), event_id", "time", "''");
    }

    /** A table in the order of (organisation, hour, time, event). */
    public static Bronze byHour(String table) {
        return new Bronze(table, "hour, time, event_id", "toStartOfHour(time), time, event_id", "time", "''");
    }

    /** A table in the order of (organisation, app, timestamp, event). */
    public static Bronze byApp(String table) {
        return new Bronze(table, "app_id, timestamp, event_id", "app_id, time, event_id", "timestamp", "app_id");
    }
}
