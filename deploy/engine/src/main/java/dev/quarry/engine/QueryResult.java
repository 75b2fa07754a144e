package dev.quarry.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.quarry.engine.NativeLibrary.Statistics;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** The answer of a finished statement. It stays in the engine's memory until this is closed. */
final class QueryResult implements AutoCloseable {
    private static final int CHUNK = 1 << 16;

    private final NativeLibrary library;
    private final MemorySegment handle;
    private final MemorySegment bytes;
    private final Statistics statistics;

    /** Throws {@link EngineException} if the result is a failure, and destroys the result. */
    QueryResult(NativeLibrary library, MemorySegment handle) {
        if (handle.equals(MemorySegment.NULL)) {
            throw EngineException.of("the engine returned no result");
        }
        this.library = library;
        this.handle = handle;
        String error = library.resultError(handle);
        if (!error.isEmpty()) {
            library.resultDestroy(handle);
            throw EngineException.of(error);
        }
        bytes = library.resultBytes(handle);
        statistics = library.statistics(handle);
    }

    Statistics statistics() {
        return statistics;
    }

    /** {@return the answer's length in bytes} */
    long length() {
        return bytes.byteSize();
    }

    /** Copies the answer out in chunks, so that the Java heap never holds all of it. */
    void writeTo(OutputStream out) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK, length())];
        for (long offset = 0; offset < length(); offset += chunk.length) {
            int count = (int) Math.min(chunk.length, length() - offset);
            MemorySegment.copy(bytes, JAVA_BYTE, offset, chunk, 0, count);
            out.write(chunk, 0, count);
        }
    }

    /** {@return the whole answer as text, without surrounding white space} Use it for short answers only. */
    String text() {
        return length() == 0 ? "" : new String(bytes.toArray(JAVA_BYTE), StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() {
        library.resultDestroy(handle);
    }
}
