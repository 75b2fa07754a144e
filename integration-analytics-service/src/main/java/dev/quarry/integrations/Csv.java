package dev.quarry.integrations;

import dev.quarry.integrations.Panel.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Panels as comma-separated values by RFC 4180: a header, then a line for each row. */
final class Csv {
    static final String MEDIA_TYPE = "text/csv;charset=UTF-8";

    private Csv() {}

    static <R> String of(List<R> rows, List<Column<R>> columns) {
        StringBuilder csv = new StringBuilder();
        line(csv, columns.stream().map(Column::name).collect(Collectors.toList()));
        for (R row : rows) {
            line(csv, columns.stream().map(column -> column.value().apply(row)).collect(Collectors.toList()));
        }
        return csv.toString();
    }

    /** The columns of both rows side by side, the earlier one's under {@code previous_}; a missing row is empty fields. */
    static <R> String ofCompared(List<Compared<R>> rows, List<Column<R>> columns) {
        List<Column<Compared<R>>> both = new ArrayList<>();
        columns.forEach(column -> both.add(column(column.name(), column, Compared::current)));
        columns.forEach(column -> both.add(column("previous_" + column.name(), column, Compared::previous)));
        return of(rows, both);
    }

    private static <R> Column<Compared<R>> column(String name, Column<R> column, Function<Compared<R>, R> side) {
        return new Column<>(name, pair -> {
            R row = side.apply(pair);
            return row == null ? null : column.value().apply(row);
        });
    }

    private static void line(StringBuilder csv, List<?> fields) {
        csv.append(fields.stream().map(Csv::field).collect(Collectors.joining(",")))
                .append("\r\n");
    }

    private static String field(Object value) {
        String text = Objects.toString(value, "");
        boolean needsQuotes = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return needsQuotes ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
