package dev.quarry.arrow;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.Date;
import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;

/** The types of columns, and how their values lie in memory. Every column may have nulls. */
public enum ArrowType {
    /** A {@link Boolean}. */
    BOOL(Type.Bool),
    /** An {@link Integer}. */
    INT32(Type.Int),
    /** A {@link Long}. */
    INT64(Type.Int),
    /** Any {@link Number}; integers are exact up to 2<sup>53</sup>. */
    FLOAT64(Type.FloatingPoint),
    /** The text of any object. */
    UTF8(Type.Utf8),
    /** A {@link LocalDate}. */
    DATE32(Type.Date),
    /** An {@link Instant}, without its fraction of a millisecond; the time zone is UTC. */
    TIMESTAMP_MILLIS(Type.Timestamp);

    private final byte kind;

    ArrowType(byte kind) {
        this.kind = kind;
    }

    /** The number of the type in {@code Schema.fbs}. */
    byte kind() {
        return kind;
    }

    /** Adds the details of the type to a schema, and returns their place. */
    int describe(FlatBufferBuilder schema) {
        return switch (this) {
            case BOOL -> {
                Bool.startBool(schema);
                yield Bool.endBool(schema);
            }
            case INT32 -> Int.createInt(schema, Integer.SIZE, true);
            case INT64 -> Int.createInt(schema, Long.SIZE, true);
            case FLOAT64 -> FloatingPoint.createFloatingPoint(schema, Precision.DOUBLE);
            case UTF8 -> {
                Utf8.startUtf8(schema);
                yield Utf8.endUtf8(schema);
            }
            case DATE32 -> Date.createDate(schema, DateUnit.DAY);
            case TIMESTAMP_MILLIS ->
                Timestamp.createTimestamp(schema, TimeUnit.MILLISECOND, schema.createString("UTC"));
        };
    }

    /** The buffers of a column: which values are there, then the values. */
    List<byte[]> buffers(List<Object> column) {
        boolean isWhole = column.stream().allMatch(Objects::nonNull);
        byte[] present = isWhole ? new byte[0] : bits(column, Objects::nonNull);
        return switch (this) {
            case BOOL -> List.of(present, bits(column, Boolean.TRUE::equals));
            case INT32 -> List.of(present, numbers(column, Integer.BYTES, (to, value) -> to.putInt((Integer) value)));
            case INT64 -> List.of(present, numbers(column, Long.BYTES, (to, value) -> to.putLong((Long) value)));
            case FLOAT64 ->
                List.of(
                        present,
                        numbers(column, Double.BYTES, (to, value) -> to.putDouble(((Number) value).doubleValue())));
            case UTF8 -> {
                List<byte[]> texts = column.stream().map(ArrowType::text).toList();
                yield List.of(present, ends(texts), joined(texts));
            }
            case DATE32 ->
                List.of(
                        present,
                        numbers(
                                column,
                                Integer.BYTES,
                                (to, value) -> to.putInt(Math.toIntExact(((LocalDate) value).toEpochDay()))));
            case TIMESTAMP_MILLIS ->
                List.of(
                        present,
                        numbers(column, Long.BYTES, (to, value) -> to.putLong(((Instant) value).toEpochMilli())));
        };
    }

    /** A bit for each value, from the lowest bit of the first byte on. */
    private static byte[] bits(List<Object> column, Predicate<Object> isSet) {
        BitSet bits = new BitSet(column.size());
        for (int place = 0; place < column.size(); place++) {
            bits.set(place, isSet.test(column.get(place)));
        }
        return Arrays.copyOf(bits.toByteArray(), Math.ceilDiv(column.size(), Byte.SIZE));
    }

    /** Null is 0. */
    private static byte[] numbers(List<Object> column, int width, BiConsumer<ByteBuffer, Object> put) {
        byte[] numbers = new byte[column.size() * width];
        ByteBuffer to = ArrowStream.littleEndian(numbers);
        for (int place = 0; place < column.size(); place++) {
            Object value = column.get(place);
            if (value != null) {
                put.accept(to.position(place * width), value);
            }
        }
        return numbers;
    }

    /** Where each text ends, after the place where the first one begins. */
    private static byte[] ends(List<byte[]> texts) {
        byte[] ends = new byte[(texts.size() + 1) * Integer.BYTES];
        ByteBuffer to = ArrowStream.littleEndian(ends);
        int end = 0;
        to.putInt(end);
        for (byte[] text : texts) {
            end += text.length;
            to.putInt(end);
        }
        return ends;
    }

    private static byte[] joined(List<byte[]> texts) {
        byte[] joined = new byte[texts.stream().mapToInt(text -> text.length).sum()];
        ByteBuffer to = ByteBuffer.wrap(joined);
        texts.forEach(to::put);
        return joined;
    }

    private static byte[] text(Object value) {
        return Objects.toString(value, "").getBytes(UTF_8);
    }
}
