package dev.quarry.local.samples;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Splits a file into records without changing a byte, and counts its lines. The file has one JSON object per line, or is
 * CSV, whose quoted fields may have line breaks; plain or gzip.
 */
final class RecordReader implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    /** A longer record has an unclosed quote. */
    private static final int MOST_BYTES = 4 << 20;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final Optional<Entry> header;
    private int position;
    private int limit;
    private long line = 1;
    private boolean csv;

    /** A record of the file, without its last line break. */
    static final class Entry {
        private final long line;
        private final byte[] bytes;

        private Entry(long line, byte[] bytes) {
            this.line = line;
            this.bytes = bytes;
        }

        /** {@return the line of the file, from 1, on which it begins} */
        long line() {
            return line;
        }

        int length() {
            return bytes.length;
        }

        void writeTo(ByteArrayOutputStream out) {
            out.writeBytes(bytes);
        }

        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private RecordReader(InputStream in) throws IOException {
        this.in = in;
        fill();
        if (startsWithByteOrderMark()) {
            position = BYTE_ORDER_MARK.length;
        }
        int first = position;
        while (first < limit && buffer[first] <= ' ') {
            first++;
        }
        // A file that begins with a brace is JSON: no column's name begins with one.
        csv = first < limit && buffer[first] != '{';
        header = csv ? next() : Optional.empty();
    }

    static RecordReader open(InputStream file) throws IOException {
        BufferedInputStream bytes = new BufferedInputStream(file, BUFFER_BYTES);
        bytes.mark(2);
        boolean gzip = bytes.read() == 0x1F && bytes.read() == 0x8B;
        bytes.reset();
        return new RecordReader(gzip ? new GZIPInputStream(bytes, BUFFER_BYTES) : bytes);
    }

    /** {@return the names of the columns, if the file is CSV} */
    Optional<Entry> header() {
        return header;
    }

    /**
     * {@return the next record that is not blank; empty at the end of the file}
     *
     * @throws SampleException if a record does not end
     */
    Optional<Entry> next() throws IOException {
        while (true) {
            long start = line;
            byte[] bytes = read();
            if (bytes == null) {
                return Optional.empty();
            }
            if (!isBlank(bytes)) {
                return Optional.of(new Entry(start, bytes));
            }
        }
    }

    /** {@return the record; null at the end} */
    private byte[] read() throws IOException {
        long start = line;
        boolean quoted = false;
        ByteArrayOutputStream record = new ByteArrayOutputStream(256);
        while (true) {
            if (position == limit && !fill()) {
                return record.size() == 0 ? null : withoutReturn(record.toByteArray());
            }
            int from = position;
            while (position < limit) {
                byte next = buffer[position++];
                if (next == '"' && csv) {
                    quoted = !quoted;
                } else if (next == '\n') {
                    line++;
                    if (!quoted) {
                        record.write(buffer, from, position - 1 - from);
                        return withoutReturn(record.toByteArray());
                    }
                }
            }
            record.write(buffer, from, position - from);
            if (record.size() > MOST_BYTES) {
                throw new SampleException(
                        "The record that begins on line %d has more than %d bytes%s; the rows before it are loaded."
                                .formatted(start, MOST_BYTES, quoted ? ", because a quote is not closed" : ""));
            }
        }
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.readNBytes(buffer, 0, buffer.length));
        return limit > 0;
    }

    private boolean startsWithByteOrderMark() {
        return limit >= BYTE_ORDER_MARK.length
                && buffer[0] == BYTE_ORDER_MARK[0]
                && buffer[1] == BYTE_ORDER_MARK[1]
                && buffer[2] == BYTE_ORDER_MARK[2];
    }

    private static byte[] withoutReturn(byte[] bytes) {
        int length = bytes.length;
        return length > 0 && bytes[length - 1] == '\r' ? Arrays.copyOf(bytes, length - 1) : bytes;
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte each : bytes) {
            if (each != ' ' && each != '\t') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
