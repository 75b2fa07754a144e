package dev.quarry.tabular;

/**
 * An answer with a table. A client that accepts another {@link TableFormat} gets the table instead of JSON, if the
 * resource produces its media type.
 */
public interface Tabular {
    /** The rows that other formats have. JSON does not contain this value, because it is no accessor. */
    Table<?> table();
}
