package dev.quarry.clickhouse;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A buffered stream of ClickHouse's binary primitives. It throws {@link UncheckedIOException}. */
final class LittleEndianInput {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final InputStream in;
    private final byte[] buffer = new byte[16_384];
    private int position;
    private int limit;

    LittleEndianInput(InputStream in) {
        this.in = in;
    }

    boolean atEnd() {
        if (position < limit) {
            return false;
        }
        try {
            position = 0;
            limit = Math.max(0, in.read(buffer));
            return limit == 0;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int uint8() {
        need(1);
        return buffer[position++] & 0xFF;
    }

    int uint16() {
        return uint8() | uint8() << 8;
    }

    int int32() {
        need(Integer.BYTES);
        int value = (int) INT.get(buffer, position);
        position += Integer.BYTES;
        return value;
    }

    long int64() {
        need(Long.BYTES);
        long value = (long) LONG.get(buffer, position);
        position += Long.BYTES;
        return value;
    }

    /** Reads an unsigned LEB128 number that fits an int: the length before a string or an array. */
    int length() {
        int value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            int next = uint8();
            value |= (next & 0x7F) << shift;
            if (next < 0x80) {
                if (value < 0) {
                    break;
                }
                return value;
            }
        }
        throw new IllegalStateException("The answer has a length over 2 GiB");
    }

    String string() {
        int length = length();
        if (length <= buffer.length) {
            need(length);
            String value = new String(buffer, position, length, StandardCharsets.UTF_8);
            position += length;
            return value;
        }
        byte[] bytes = new byte[length];
        int have = limit - position;
        System.arraycopy(buffer, position, bytes, 0, have);
        position = limit;
        try {
            if (in.readNBytes(bytes, have, length - have) < length - have) {
                throw new EOFException("The answer breaks off");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void need(int bytes) {
        if (limit - position >= bytes) {
            return;
        }
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
        try {
            while (limit < bytes) {
                int read = in.read(buffer, limit, buffer.length - limit);
                if (read < 0) {
                    throw new EOFException("The answer breaks off");
                }
                limit += read;
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
