package dev.quarry.clickhouse;

/**
 * The name of a column that a statement takes as {@code {name:Identifier}}, as {@link TableName} is that of a table.
 *
 * @param name lower-case letters, digits and underscores
 */
public record ColumnName(String name) {
    public ColumnName {
        TableName.requireName(name, "column");
    }
}
