package dev.quarry.csv;

import java.util.function.Function;

/**
 * A column of CSV.
 *
 * @param name as the JSON property
 * @param value of a row; null is empty
 */
public record Column<R>(String name, Function<R, Object> value) {}
