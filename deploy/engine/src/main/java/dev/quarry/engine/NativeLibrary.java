package dev.quarry.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The C functions of libchdb that this server calls, as Java methods. All handles are opaque pointers, so this class
 * knows no structure layouts of the library.
 */
@SuppressWarnings("restricted") // Only this class calls native code.
final class NativeLibrary {
    private static final MemoryLayout[] STATEMENT = {
        ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG
    };

    private final MethodHandle connect;
    private final MethodHandle close;
    private final MethodHandle query;
    private final MethodHandle insertStart;
    private final MethodHandle insertAppend;
    private final MethodHandle insertDone;
    private final MethodHandle insertCancel;
    private final MethodHandle insertError;
    private final MethodHandle insertDestroy;
    private final MethodHandle resultBuffer;
    private final MethodHandle resultLength;
    private final MethodHandle resultElapsed;
    private final MethodHandle resultRows;
    private final MethodHandle resultBytes;
    private final MethodHandle resultReadRows;
    private final MethodHandle resultReadBytes;
    private final MethodHandle resultWrittenRows;
    private final MethodHandle resultWrittenBytes;
    private final MethodHandle resultError;
    private final MethodHandle resultDestroy;

    private NativeLibrary(SymbolLookup symbols) {
        Linker linker = Linker.nativeLinker();
        Binder binder = new Binder(linker, symbols);
        connect = binder.bind("chdb_connect", ADDRESS, JAVA_INT, ADDRESS);
        close = binder.bindVoid("chdb_close_conn", ADDRESS);
        query = binder.bind("chdb_query_with_params_n", ADDRESS, STATEMENT);
        insertStart = binder.bind("chdb_stream_insert_with_params_n", ADDRESS, STATEMENT);
        insertAppend = binder.bind("chdb_stream_append", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
        insertDone = binder.bind("chdb_stream_done", ADDRESS, ADDRESS);
        insertCancel = binder.bindVoid("chdb_stream_cancel_insert", ADDRESS);
        insertError = binder.bind("chdb_stream_insert_error", ADDRESS, ADDRESS);
        insertDestroy = binder.bindVoid("chdb_destroy_insert_stream", ADDRESS);
        resultBuffer = binder.bind("chdb_result_buffer", ADDRESS, ADDRESS);
        resultLength = binder.bind("chdb_result_length", JAVA_LONG, ADDRESS);
        resultElapsed = binder.bind("chdb_result_elapsed", JAVA_DOUBLE, ADDRESS);
        resultRows = binder.bind("chdb_result_rows_read", JAVA_LONG, ADDRESS);
        resultBytes = binder.bind("chdb_result_bytes_read", JAVA_LONG, ADDRESS);
        resultReadRows = binder.bind("chdb_result_storage_rows_read", JAVA_LONG, ADDRESS);
        resultReadBytes = binder.bind("chdb_result_storage_bytes_read", JAVA_LONG, ADDRESS);
        resultWrittenRows = binder.bind("chdb_result_rows_written", JAVA_LONG, ADDRESS);
        resultWrittenBytes = binder.bind("chdb_result_bytes_written", JAVA_LONG, ADDRESS);
        resultError = binder.bind("chdb_result_error", ADDRESS, ADDRESS);
        resultDestroy = binder.bindVoid("chdb_destroy_query_result", ADDRESS);
        // Must run before the first connection: otherwise the library takes over signals that the JVM needs.
        MethodHandle signals = binder.bindVoid("chdb_set_signal_handlers_enabled", JAVA_INT);
        run(() -> {
            signals.invokeExact(0);
        });
    }

    /** Maps the library into this process until the process ends. */
    static NativeLibrary load(Path file) {
        return new NativeLibrary(SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global()));
    }

    /** {@return a pointer to the connection, or NULL} */
    MemorySegment connect(int count, MemorySegment arguments) {
        return call(() -> (MemorySegment) connect.invokeExact(count, arguments));
    }

    /** {@return the pointer at {@code handle}: the functions below take it; {@link #close} takes the handle} */
    MemorySegment connection(MemorySegment handle) {
        return handle.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
    }

    /** Closes a connection by the handle from {@link #connect}. */
    void close(MemorySegment handle) {
        run(() -> {
            close.invokeExact(handle);
        });
    }

    /** Runs one statement to its end. The caller destroys the result. */
    MemorySegment query(MemorySegment connection, NativeStatement s) {
        return call(() -> (MemorySegment) query.invokeExact(
                connection,
                s.sql(),
                s.sqlLength(),
                s.format(),
                s.formatLength(),
                s.names(),
                s.nameLengths(),
                s.values(),
                s.valueLengths(),
                s.count()));
    }

    /** Opens an insert. The caller destroys the stream, even if it has an error. */
    MemorySegment insertStart(MemorySegment connection, NativeStatement s) {
        return call(() -> (MemorySegment) insertStart.invokeExact(
                connection,
                s.sql(),
                s.sqlLength(),
                s.format(),
                s.formatLength(),
                s.names(),
                s.nameLengths(),
                s.values(),
                s.valueLengths(),
                s.count()));
    }

    /** Copies {@code length} bytes into the insert. Blocks while the engine is behind. Returns 0 if it succeeded. */
    int insertAppend(MemorySegment stream, MemorySegment data, long length) {
        return call(() -> (int) insertAppend.invokeExact(stream, data, length));
    }

    MemorySegment insertDone(MemorySegment stream) {
        return call(() -> (MemorySegment) insertDone.invokeExact(stream));
    }

    void insertCancel(MemorySegment stream) {
        run(() -> {
            insertCancel.invokeExact(stream);
        });
    }

    String insertError(MemorySegment stream) {
        return text(call(() -> (MemorySegment) insertError.invokeExact(stream)));
    }

    void insertDestroy(MemorySegment stream) {
        run(() -> {
            insertDestroy.invokeExact(stream);
        });
    }

    /** {@return the engine's message, or an empty string} */
    String resultError(MemorySegment result) {
        return text(call(() -> (MemorySegment) resultError.invokeExact(result)));
    }

    /** {@return the answer's bytes, valid until the result is destroyed} */
    MemorySegment resultBytes(MemorySegment result) {
        long length = call(() -> (long) resultLength.invokeExact(result));
        if (length == 0) {
            return MemorySegment.NULL;
        }
        return call(() -> (MemorySegment) resultBuffer.invokeExact(result)).reinterpret(length);
    }

    Statistics statistics(MemorySegment result) {
        return new Statistics(
                call(() -> (double) resultElapsed.invokeExact(result)),
                call(() -> (long) resultRows.invokeExact(result)),
                call(() -> (long) resultBytes.invokeExact(result)),
                call(() -> (long) resultReadRows.invokeExact(result)),
                call(() -> (long) resultReadBytes.invokeExact(result)),
                call(() -> (long) resultWrittenRows.invokeExact(result)),
                call(() -> (long) resultWrittenBytes.invokeExact(result)));
    }

    void resultDestroy(MemorySegment result) {
        run(() -> {
            resultDestroy.invokeExact(result);
        });
    }

    private static String text(MemorySegment pointer) {
        return pointer.equals(MemorySegment.NULL)
                ? ""
                : pointer.reinterpret(Long.MAX_VALUE).getString(0);
    }

    private static <T> T call(NativeCall<T> call) {
        try {
            return call.invoke();
        } catch (Throwable failure) {
            throw new IllegalStateException("A call into the engine library failed", failure);
        }
    }

    private static void run(NativeAction action) {
        try {
            action.invoke();
        } catch (Throwable failure) {
            throw new IllegalStateException("a call into the engine library failed", failure);
        }
    }

    @FunctionalInterface
    private interface NativeCall<T> {
        T invoke() throws Throwable;
    }

    @FunctionalInterface
    private interface NativeAction {
        void invoke() throws Throwable;
    }

    private record Binder(Linker linker, SymbolLookup symbols) {
        MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
            return linker.downcallHandle(symbol(name), FunctionDescriptor.of(result, arguments));
        }

        MethodHandle bindVoid(String name, MemoryLayout... arguments) {
            return linker.downcallHandle(symbol(name), FunctionDescriptor.ofVoid(arguments));
        }

        private MemorySegment symbol(String name) {
            return symbols.find(name)
                    .orElseThrow(() -> new IllegalStateException(
                            "the engine library has no function " + name + ": it is not the version in package.json"));
        }
    }

    /** The cost of one statement; rows and bytes as in ClickHouse's {@code X-ClickHouse-Summary}. */
    record Statistics(
            double elapsedSeconds,
            long resultRows,
            long resultBytes,
            long readRows,
            long readBytes,
            long writtenRows,
            long writtenBytes) {}
}
