package dev.quarry.csv;

/**
 * An answer with a table. A client that accepts {@code text/csv} gets the table instead of JSON, if the resource produces
 * {@link Csv#MEDIA_TYPE}.
 */
public interface Tabular {
    /** The rows that CSV has. JSON does not contain this value, because it is no accessor. */
    Table<?> table();
}
