package dev.quarry.schema;

import static java.util.stream.Collectors.joining;

import com.clickhouse.client.api.query.GenericRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** BRONZE.md: prose, and for each bronze table a table of its columns, generated from the comments of the schema. */
final class BronzePage {
    static final Path FILE = Path.of("BRONZE.md");

    private static final Pattern TABLE =
            Pattern.compile("(<!-- columns of (\\w+) -->\n)(.*?)(<!-- end of columns -->)", Pattern.DOTALL);
    private static final Pattern COMMENT = Pattern.compile(
            "(?<meaning>.*?)(?:\\. Unit: (?<unit>.*?))?\\. Range: (?<range>.*?)\\. Example: (?<example>.+)");
    private static final Pattern LEVEL = Pattern.compile("(?m)^\\| `(error|warn|info|log)` \\| (.*) \\|$");

    private BronzePage() {}

    static String text() {
        try {
            return Files.readString(FILE);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** {@return the tables that the page has, in its order} */
    static List<String> tables(String page) {
        return TABLE.matcher(page).results().map(table -> table.group(2)).toList();
    }

    /** {@return the page with the tables that the migrated database has now} */
    static String renewed(String page, MigratorSettings settings) {
        return TABLE.matcher(page)
                .replaceAll(table ->
                        Matcher.quoteReplacement(table.group(1) + columns(table.group(2), settings) + table.group(4)));
    }

    /** {@return the API's levels, each with the names that it accepts} */
    static Map<String, List<String>> levels() {
        Map<String, List<String>> levels = new LinkedHashMap<>();
        LEVEL.matcher(text())
                .results()
                .forEach(row -> levels.put(
                        row.group(1),
                        Arrays.stream(row.group(2).split(", "))
                                .map(name -> name.replace("`", ""))
                                .toList()));
        return levels;
    }

    private static String columns(String table, MigratorSettings settings) {
        List<String> lines = new ArrayList<>(
                List.of("| column | type | needed | unit | range | example | |", "|---|---|---|---|---|---|---|"));
        for (GenericRecord column : Stores.query(settings, """
                SELECT name, type AS column_type, position(default_expression, 'throwIf') > 0 AS needed, comment
                FROM system.columns
                WHERE database = '${database}' AND table = '%s' AND default_kind IN ('', 'DEFAULT')
                ORDER BY position
                """.formatted(table))) {
            String name = column.getString("name");
            Matcher comment = COMMENT.matcher(column.getString("comment"));
            if (!comment.matches()) {
                throw new IllegalStateException(
                        "The comment of %s.%s must read: meaning. [Unit: ... .] Range: ... . Example: ..."
                                .formatted(table, name));
            }
            lines.add(List.of(
                            "`" + name + "`",
                            "`" + column.getString("column_type") + "`",
                            column.getBoolean("needed") ? "yes" : "",
                            comment.group("unit") == null ? "" : comment.group("unit"),
                            comment.group("range"),
                            "`" + comment.group("example") + "`",
                            comment.group("meaning"))
                    .stream()
                    .collect(joining(" | ", "| ", " |")));
        }
        return String.join("\n", lines) + "\n";
    }
}
