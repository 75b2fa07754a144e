package dev.quarry.tabular;

import java.util.function.Function;

/**
 * A column of a table.
 *
 * @param name as the JSON property
 * @param type what its values are, such as {@code long.class}; it does not depend on the rows
 * @param value of a row; null is empty
 */
public record Column<R>(String name, Class<?> type, Function<R, Object> value) {}
