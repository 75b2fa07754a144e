package dev.quarry.tabular;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rows as comma-separated values by RFC 4180: a header, then a line for each row.
 *
 * @param rows iterated more than once; each iteration gives the same rows
 * @param plainText whether text that spreadsheets would take for a formula begins with an apostrophe, which makes it
 *     text for them. Numbers stay as they are
 */
public record Csv<R>(List<R> rows, List<Column<R>> columns, boolean plainText) implements EncodedTable {
    /** The first characters of what a spreadsheet evaluates, by OWASP's page on CSV injection. */
    private static final String FORMULA = "=+-@\t\r";

    public static final String MEDIA_TYPE = "text/csv";

    /** The {@code Content-Type} of answers. */
    public static final String CONTENT_TYPE = MEDIA_TYPE + ";charset=UTF-8";

    @Override
    public TableFormat format() {
        return TableFormat.CSV;
    }

    /** A part for each line. */
    @Override
    public Stream<byte[]> parts() {
        return Stream.concat(
                Stream.of(line(columns.stream().map(Column::name))),
                rows.stream()
                        .map(row -> line(
                                columns.stream().map(column -> column.value().apply(row)))));
    }

    private byte[] line(Stream<?> fields) {
        return fields.map(this::field)
                .collect(Collectors.joining(",", "", "\r\n"))
                .getBytes(UTF_8);
    }

    private String field(Object value) {
        String text = Objects.toString(value, "");
        if (plainText && value instanceof String && !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        boolean needsQuotes = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return needsQuotes ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
