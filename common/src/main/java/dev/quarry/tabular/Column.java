package dev.quarry.tabular;

import java.util.function.Function;

/**
 * A column of a table.
 *
 * @param name as the JSON property
 * @param value of a row; null is empty
 */
public record Column<R>(String name, Function<R, Object> value) {}
