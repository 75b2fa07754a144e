package dev.quarry.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One connection into the engine: its own settings, current database and temporary tables. It runs one statement at a
 * time and belongs to one thread at a time; separate connections run in parallel.
 */
final class EngineConnection implements AutoCloseable {
    private static final int CHUNK = 1 << 16;

    private final NativeLibrary library;
    private final MemorySegment handle;
    private final MemorySegment connection;

    /** Throws if the engine refuses; it writes the reason to standard error only. */
    EngineConnection(NativeLibrary library, List<String> arguments) {
        this.library = library;
        try (Arena arena = Arena.ofConfined()) {
            int count = arguments.size() + 1;
            MemorySegment values = arena.allocate(ADDRESS, count + 1L);
            values.setAtIndex(ADDRESS, 0, arena.allocateFrom("chdb"));
            for (int i = 1; i < count; i++) {
                values.setAtIndex(ADDRESS, i, arena.allocateFrom(arguments.get(i - 1)));
            }
            values.setAtIndex(ADDRESS, count, MemorySegment.NULL);
            handle = library.connect(count, values);
        }
        if (handle.equals(MemorySegment.NULL)) {
            throw EngineException.of("the engine refused a connection");
        }
        connection = library.connection(handle);
    }

    /**
     * Runs one statement to its end.
     *
     * @param format the answer's format, unless the statement names one
     * @throws EngineException if the engine refuses or fails
     */
    QueryResult query(MemorySegment sql, String format, Map<String, String> parameters) {
        try (Arena arena = Arena.ofConfined()) {
            NativeStatement statement = NativeStatement.of(arena, sql, format, parameters);
            return new QueryResult(library, library.query(connection, statement));
        }
    }

    /** Runs a statement of this server, and returns its short answer. */
    String query(String sql) {
        try (QueryResult result =
                query(MemorySegment.ofArray(sql.getBytes(StandardCharsets.UTF_8)), "TabSeparatedRaw", Map.of())) {
            return result.text();
        }
    }

    /**
     * Inserts {@code data} while it arrives. It holds only the engine's block in memory, and reads no faster than the
     * engine inserts.
     *
     * @param head the statement without its FORMAT clause and data
     * @throws EngineException if the engine refuses or fails; blocks inserted before stay, as in ClickHouse
     * @throws IOException if the data breaks off; the insert is then cancelled
     */
    QueryResult insert(MemorySegment head, String format, Map<String, String> parameters, InputStream data)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stream = library.insertStart(connection, NativeStatement.of(arena, head, format, parameters));
            try {
                throwIfFailed(stream);
                append(stream, arena, data);
                return new QueryResult(library, library.insertDone(stream));
            } finally {
                library.insertDestroy(stream);
            }
        }
    }

    private void append(MemorySegment stream, Arena arena, InputStream data) throws IOException {
        byte[] chunk = new byte[CHUNK];
        MemorySegment copy = arena.allocate(CHUNK);
        try {
            for (int count = data.read(chunk); count >= 0; count = data.read(chunk)) {
                MemorySegment.copy(chunk, 0, copy, JAVA_BYTE, 0, count);
                if (count > 0 && library.insertAppend(stream, copy, count) != 0) {
                    throwIfFailed(stream);
                    throw EngineException.of("the engine refused the data of an INSERT");
                }
            }
        } catch (IOException | EngineException broken) {
            library.insertCancel(stream);
            throw broken;
        }
    }

    private void throwIfFailed(MemorySegment stream) {
        String error = library.insertError(stream);
        if (!error.isEmpty()) {
            throw EngineException.of(error);
        }
    }

    /** Gives up all rights but those of the role {@code name}. */
    void restrictTo(String name) {
        query("SET ROLE " + identifier(name));
    }

    /** Makes {@code name} the current database. */
    void use(String name) {
        query("USE " + identifier(name));
    }

    /**
     * Applies all settings in one statement, so that their order does not matter and {@code readonly} does not forbid
     * the others.
     */
    void set(Map<String, String> settings) {
        if (!settings.isEmpty()) {
            query(settings.entrySet().stream()
                    .map(setting -> identifier(setting.getKey()) + " = " + literal(setting.getValue()))
                    .collect(Collectors.joining(", ", "SET ", "")));
        }
    }

    /** {@return {@code value} as an escaped string literal} */
    static String literal(String value) {
        return quoted(value, '\'');
    }

    /** {@return {@code name} as a quoted identifier, whatever is in it} */
    static String identifier(String name) {
        return quoted(name, '`');
    }

    private static String quoted(String text, char quote) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append(quote);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' || c == quote) {
                quoted.append('\\');
            }
            quoted.append(c);
        }
        return quoted.append(quote).toString();
    }

    @Override
    public void close() {
        library.close(handle);
    }
}
