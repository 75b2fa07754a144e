package dev.quarry.rollup;

import java.util.regex.Pattern;

/** Checks names of tables that become part of a statement's text. They come from code, never from a request. */
final class SqlNames {
    private static final Pattern TABLE = Pattern.compile("[a-z][a-z0-9_]*");

    private SqlNames() {}

    /** Returns a name that is safe in SQL. */
    static String require(String table) {
        if (!TABLE.matcher(table).matches()) {
            throw new IllegalArgumentException("Not a table's name: " + table);
        }
        return table;
    }
}
