package dev.quarry.tabular;

import java.util.List;

/**
 * The rows of an answer.
 *
 * @param type the type of all rows; its JSON properties are the columns, in their order
 */
public record Table<R>(Class<R> type, List<R> rows) {
    public Table {
        rows = List.copyOf(rows);
    }
}
