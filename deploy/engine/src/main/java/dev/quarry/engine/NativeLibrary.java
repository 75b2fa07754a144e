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
 * The C functions of libchdb that this server calls, as Java methods. Every handle is an opaque pointer, so no structure
 * layout of the library is repeated here.
 */
@SuppressWarnings("restricted") // Calling native code is what this class is for, and no other does.
final class NativeLibrary {
    private static final MemoryLayout[] STATEMENT = {
        ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG
    };

    private final MethodHandle connect;
    private final MethodHandle close;
    private final MethodHandle query;
    private final MethodHandle classify;
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
        classify = binder.bind(
                "chdb_classify_query_n", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);
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
        // Before the first connection, or the library takes the signals that the Java machine itself lives on.
        MethodHandle signals = binder.bindVoid("chdb_set_signal_handlers_enabled", JAVA_INT);
        run(() -> {
            signals.invokeExact(0);
        });
    }

    /** Maps the library into this process, for the life of the process. */
    static NativeLibrary load(Path file) {
        return new NativeLibrary(SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global()));
    }

    /** {@return a pointer to the connection, or NULL} */
    MemorySegment connect(int count, MemorySegment arguments) {
        return call(() -> (MemorySegment) connect.invokeExact(count, arguments));
    }

    /** {@return what the pointer at {@code handle} points to: the functions below want this, {@link #close} the handle} */
    MemorySegment connection(MemorySegment handle) {
        return handle.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
    }

    /** Closes what {@link #connect} returned. */
    void close(MemorySegment handle) {
        run(() -> {
            close.invokeExact(handle);
        });
    }

    /** Runs one statement to its end; the result must be destroyed. */
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

    /** {@return 0 when {@code analysis} was filled in} */
    int classify(MemorySegment connection, MemorySegment sql, long length, MemorySegment analysis) {
        return call(() -> (int) classify.invokeExact(connection, sql, length, MemorySegment.NULL, 0L, analysis));
    }

    /** Opens an insert; the stream must be destroyed even when it carries an error. */
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

    /** Copies {@code length} bytes into the insert, blocking while the engine is behind; not 0 when it failed. */
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
            throw new IllegalStateException("a call into the engine library failed", failure);
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

    /** What one statement cost; rows and bytes as ClickHouse's {@code X-ClickHouse-Summary} counts them. */
    record Statistics(
            double elapsedSeconds,
            long resultRows,
            long resultBytes,
            long readRows,
            long readBytes,
            long writtenRows,
            long writtenBytes) {}
}
