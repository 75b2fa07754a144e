package dev.quarry.clickhouse;

/** Turns one row into a value, column by column in the order of the SELECT. */
@FunctionalInterface
public interface RowMapping<T> {
    T map(Row row);
}
