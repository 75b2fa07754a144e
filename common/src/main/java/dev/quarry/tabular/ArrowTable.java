package dev.quarry.tabular;

import dev.quarry.arrow.ArrowField;
import dev.quarry.arrow.ArrowStream;
import dev.quarry.arrow.ArrowType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Rows as a stream of Arrow. Its schema depends on the types of the columns alone, so an answer without rows has it too.
 *
 * @param rows iterated more than once; each iteration gives the same rows
 */
record ArrowTable<R>(List<R> rows, List<Column<R>> columns) implements EncodedTable {
    /** Maximum number of rows of a batch, which is made as a whole: entries of a log may have 8 KB each. */
    private static final int BATCH_ROWS = 256;

    /** Averages and percentages are doubles, so a number that may be one is a double too. Other types are text. */
    private static final Map<Class<?>, ArrowType> TYPES = Map.ofEntries(
            Map.entry(boolean.class, ArrowType.BOOL),
            Map.entry(Boolean.class, ArrowType.BOOL),
            Map.entry(int.class, ArrowType.INT32),
            Map.entry(Integer.class, ArrowType.INT32),
            Map.entry(long.class, ArrowType.INT64),
            Map.entry(Long.class, ArrowType.INT64),
            Map.entry(double.class, ArrowType.FLOAT64),
            Map.entry(Double.class, ArrowType.FLOAT64),
            Map.entry(BigDecimal.class, ArrowType.FLOAT64),
            Map.entry(Number.class, ArrowType.FLOAT64),
            Map.entry(Instant.class, ArrowType.TIMESTAMP_MILLIS),
            Map.entry(LocalDate.class, ArrowType.DATE32));

    @Override
    public TableFormat format() {
        return TableFormat.ARROW;
    }

    /** The schema, the batches, at least one, and the end. */
    @Override
    public Stream<byte[]> parts() {
        List<ArrowField> fields = columns.stream()
                .map(column -> new ArrowField(column.name(), type(column)))
                .toList();
        // ClickHouse cannot read a stream without a batch.
        Stream<byte[]> batches = IntStream.range(0, Math.max(1, Math.ceilDiv(rows.size(), BATCH_ROWS)))
                .mapToObj(batch -> ArrowStream.batch(fields, values(batch * BATCH_ROWS)));
        return Stream.concat(
                Stream.concat(Stream.of(ArrowStream.schema(fields)), batches), Stream.of(ArrowStream.end()));
    }

    /** The values of each column in the batch that begins with this row. */
    private List<List<Object>> values(int start) {
        List<R> batch = List.copyOf(rows.subList(start, Math.min(start + BATCH_ROWS, rows.size())));
        return columns.stream()
                .map(column -> batch.stream().map(row -> value(column, row)).toList())
                .toList();
    }

    private static ArrowType type(Column<?> column) {
        return TYPES.getOrDefault(column.type(), ArrowType.UTF8);
    }

    /** JSON and CSV may have an instant as text of its own form. */
    private static <R> Object value(Column<R> column, R row) {
        Object value = column.value().apply(row);
        return value instanceof String text && column.type().equals(Instant.class) ? Instant.parse(text) : value;
    }
}
