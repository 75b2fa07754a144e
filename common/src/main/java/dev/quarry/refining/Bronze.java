package dev.quarry.refining;

/**
 * A bronze table that marks stand for, and how one of its rows is found by its sorting key.
 *
 * @param table the table's name, as the marks have it in {@code source}
 * @param key the columns of its sorting key after the organisation
 * @param witness the same columns, of the row that a mark names as its witness
 * @param time the column that says when the event happened
 * @param appId the column that says of which app the row is, or an empty text
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
