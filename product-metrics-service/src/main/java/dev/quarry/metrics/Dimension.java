package dev.quarry.metrics;

import dev.quarry.clickhouse.ColumnName;
import java.util.Locale;

/** Properties of events and users; each is a column of the events. Lists of values have this order. */
public enum Dimension {
    LOCALE,
    COUNTRY,
    CLIENT,
    DEVICE,
    PLATFORM,
    VERSION;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The column of {@code activity_days} with the users of each value. */
    ColumnName users() {
        return new ColumnName(wireName() + "_users");
    }

    /** The column of {@code activity_days} with the tool calls of each value. */
    ColumnName toolCalls() {
        return new ColumnName(wireName() + "_tool_calls");
    }
}
