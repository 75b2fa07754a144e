package dev.quarry.clickhouse;

import dev.quarry.clickhouse.ColumnType.Kind;
import java.io.InputStream;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/**
 * The current row of an answer in RowBinaryWithNamesAndTypes, read column by column in the order of the SELECT. It
 * decodes directly from the stream, without reflection and without boxing numbers. If a method does not fit its
 * column's type, or the code reads too many or too few columns, it throws {@link IllegalStateException}: a bug of ours.
 */
public final class Row {
    private static final int SECONDS_DIGITS = 9;
    private static final long[] POWERS_OF_TEN = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
    };

    private final LittleEndianInput in;
    private final ColumnType[] types;
    private final String[] names;
    private int next;

    /** Reads all rows of an answer in RowBinaryWithNamesAndTypes. */
    public static <T> List<T> list(InputStream answer, RowMapping<T> mapping) {
        List<T> rows = new ArrayList<>();
        forEach(answer, row -> rows.add(mapping.map(row)));
        return rows;
    }

    /** Calls {@code reader} for each row of an answer in RowBinaryWithNamesAndTypes. */
    static void forEach(InputStream answer, Consumer<? super Row> reader) {
        Row row = new Row(answer);
        while (row.advance()) {
            reader.accept(row);
        }
    }

    /** Reads the header, which an answer without rows has too: an answer without one broke off. */
    private Row(InputStream in) {
        this.in = new LittleEndianInput(in);
        int columns = this.in.length();
        if (columns == 0) {
            throw new IllegalStateException("The answer has no columns");
        }
        names = new String[columns];
        types = new ColumnType[columns];
        for (int column = 0; column < columns; column++) {
            names[column] = this.in.string();
        }
        for (int column = 0; column < columns; column++) {
            types[column] = ColumnType.parse(this.in.string());
        }
        next = columns;
    }

    /** Goes to the next row; false at the end of the answer. */
    boolean advance() {
        if (next != types.length) {
            throw new IllegalStateException("%d of %d columns were read".formatted(next, types.length));
        }
        next = 0;
        return !in.atEnd();
    }

    /** Reads an integer or boolean column that fits a long. */
    public long nextLong() {
        ColumnType type = required();
        return readLong(type);
    }

    /** Reads an integer column that fits an int. */
    public int nextInt() {
        return Math.toIntExact(nextLong());
    }

    public double nextDouble() {
        return readDouble(required());
    }

    public boolean nextBoolean() {
        return nextLong() != 0;
    }

    /** Reads a String, UUID or Enum column. */
    public String nextString() {
        return readString(required());
    }

    public LocalDate nextDate() {
        return readDate(required());
    }

    /** Reads a DateTime or DateTime64 column. */
    public Instant nextInstant() {
        return readInstant(required());
    }

    /** Reads an Array(Float64) or Array(Float32) column. */
    public List<Double> nextDoubles() {
        return nextArray(this::readDouble);
    }

    /** Reads an array of integers that fit a long. */
    public List<Long> nextLongs() {
        return nextArray(this::readLong);
    }

    /** Reads an array of integers that fit a long, and counts those that satisfy a condition. */
    public long nextCount(LongPredicate condition) {
        ColumnType type = array();
        long count = 0;
        for (int left = in.length(); left > 0; left--) {
            if (condition.test(readLong(type.element()))) {
                count++;
            }
        }
        return count;
    }

    /** Reads an Array(String) column. */
    public List<String> nextStrings() {
        return nextArray(this::readString);
    }

    /** As {@link #nextString}, but null if the column is NULL. */
    public String nextStringOrNull() {
        ColumnType type = column();
        return nullOr(type, () -> readString(type));
    }

    /** As {@link #nextLong}, but null if the column is NULL. */
    public Long nextLongOrNull() {
        ColumnType type = column();
        return nullOr(type, () -> readLong(type));
    }

    /** As {@link #nextDouble}, but null if the column is NULL. */
    public Double nextDoubleOrNull() {
        ColumnType type = column();
        return nullOr(type, () -> readDouble(type));
    }

    /** As {@link #nextInstant}, but null if the column is NULL. */
    public Instant nextInstantOrNull() {
        ColumnType type = column();
        return nullOr(type, () -> readInstant(type));
    }

    private ColumnType column() {
        if (next == types.length) {
            throw new IllegalStateException("The row has only %d columns".formatted(types.length));
        }
        return types[next++];
    }

    private ColumnType required() {
        ColumnType type = column();
        if (type.nullable() && in.uint8() == 1) {
            throw new IllegalStateException("Column " + names[next - 1] + " is NULL");
        }
        return type;
    }

    private ColumnType array() {
        ColumnType type = required();
        if (type.kind() != Kind.ARRAY) {
            throw mismatch("an array", type);
        }
        return type;
    }

    private <T> List<T> nextArray(Function<ColumnType, T> element) {
        ColumnType type = array();
        int size = in.length();
        List<T> elements = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            elements.add(element.apply(type.element()));
        }
        return elements;
    }

    private <T> T nullOr(ColumnType type, Supplier<T> value) {
        return type.nullable() && in.uint8() == 1 ? null : value.get();
    }

    private long readLong(ColumnType type) {
        return switch (type.kind()) {
            case UINT8, BOOL -> in.uint8();
            case UINT16 -> in.uint16();
            case UINT32 -> in.int32() & 0xFFFF_FFFFL;
            case UINT64 -> {
                long value = in.int64();
                if (value < 0) {
                    throw new IllegalStateException("Column " + names[next - 1] + " does not fit a long");
                }
                yield value;
            }
            case INT8 -> (byte) in.uint8();
            case INT16 -> (short) in.uint16();
            case INT32 -> in.int32();
            case INT64 -> in.int64();
            case FLOAT32, FLOAT64, STRING, UUID, DATE, DATE32, DATETIME, DATETIME64, ENUM8, ENUM16, ARRAY ->
                throw mismatch("an integer", type);
        };
    }

    private double readDouble(ColumnType type) {
        return switch (type.kind()) {
            case FLOAT32 -> Float.intBitsToFloat(in.int32());
            case FLOAT64 -> Double.longBitsToDouble(in.int64());
            default -> throw mismatch("a floating-point number", type);
        };
    }

    private String readString(ColumnType type) {
        return switch (type.kind()) {
            case STRING -> in.string();
            case UUID -> new UUID(in.int64(), in.int64()).toString();
            case ENUM8 -> type.labels().get((int) (byte) in.uint8());
            case ENUM16 -> type.labels().get((int) (short) in.uint16());
            default -> throw mismatch("a string", type);
        };
    }

    private LocalDate readDate(ColumnType type) {
        return switch (type.kind()) {
            case DATE -> LocalDate.ofEpochDay(in.uint16());
            case DATE32 -> LocalDate.ofEpochDay(in.int32());
            default -> throw mismatch("a date", type);
        };
    }

    private Instant readInstant(ColumnType type) {
        return switch (type.kind()) {
            case DATETIME -> Instant.ofEpochSecond(in.int32() & 0xFFFF_FFFFL);
            case DATETIME64 -> {
                long perSecond = POWERS_OF_TEN[type.scale()];
                long ticks = in.int64();
                yield Instant.ofEpochSecond(
                        Math.floorDiv(ticks, perSecond),
                        Math.floorMod(ticks, perSecond) * POWERS_OF_TEN[SECONDS_DIGITS - type.scale()]);
            }
            default -> throw mismatch("a point in time", type);
        };
    }

    private IllegalStateException mismatch(String wanted, ColumnType type) {
        return new IllegalStateException("Column %s is %s, not %s".formatted(names[next - 1], type.kind(), wanted));
    }
}
