package dev.quarry.clickhouse;

import java.util.regex.Pattern;

/**
 * The name of a table that a statement takes as {@code {name:Identifier}}: the only way to use a name that is not in
 * the statement's text. Names come from code, never from a request.
 *
 * @param name lower-case letters, digits and underscores
 */
public record TableName(String name) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

    public TableName {
        requireName(name, "table");
    }

    static void requireName(String name, String what) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Not a %s's name: %s".formatted(what, name));
        }
    }
}
