package dev.quarry.csv;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Rows as comma-separated values by RFC 4180: a header, then a line for each row. Lines are made twice: to compute
 * their length, and to write them.
 *
 * @param rows iterated more than once; each iteration gives the same rows
 * @param plainText whether text that spreadsheets would take for a formula begins with an apostrophe, which makes it
 *     text for them. Numbers stay as they are
 */
public record Csv<R>(List<R> rows, List<Column<R>> columns, boolean plainText) {
    /** The first characters of what a spreadsheet evaluates, by OWASP's page on CSV injection. */
    private static final String FORMULA = "=+-@\t\r";

    public static final String MEDIA_TYPE = "text/csv";

    /** The {@code Content-Type} of answers. */
    public static final String CONTENT_TYPE = MEDIA_TYPE + ";charset=UTF-8";

    /** Number of bytes that {@link #write} writes. */
    public long length() {
        long length = header().length;
        for (R row : rows) {
            length += line(row).length;
        }
        return length;
    }

    public byte[] bytes() {
        var bytes = new ByteArrayOutputStream();
        try {
            write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    void write(OutputStream out) throws IOException {
        out.write(header());
        for (R row : rows) {
            out.write(line(row));
        }
    }

    private byte[] header() {
        return line(columns.stream().map(Column::name).collect(Collectors.toList()));
    }

    private byte[] line(R row) {
        return line(columns.stream().map(column -> column.value().apply(row)).collect(Collectors.toList()));
    }

    private byte[] line(List<?> fields) {
        return fields.stream()
                .map(this::field)
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
