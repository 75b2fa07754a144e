package dev.quarry.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/** The engine on one data directory: opens connections, and stops their queries. */
final class Engine implements AutoCloseable {
    /**
     * Identifies the connection of a query: the library cannot name queries. Nothing in this engine reads the setting,
     * and {@code system.processes} shows it.
     */
    private static final String MARK = "promql_database";

    private final NativeLibrary library;
    private final List<String> arguments;
    private final FileChannel lockFile;
    private final EngineConnection control;
    private final ReentrantLock controlLock = new ReentrantLock();
    private final String version;
    private final String timeZone;

    /**
     * Starts the engine.
     *
     * @throws IllegalStateException if another process uses the directory
     */
    Engine(NativeLibrary library, EngineOptions options) {
        this.library = library;
        this.arguments = arguments(options);
        this.lockFile = lock(options.path());
        this.control = open("control").connection();
        this.version = control.query("SELECT version()");
        this.timeZone = control.query("SELECT timezone()");
    }

    private static List<String> arguments(EngineOptions options) {
        List<String> arguments = new ArrayList<>();
        arguments.add("--path=" + options.path().toAbsolutePath());
        ConfigurationFile.write(options).ifPresent(file -> arguments.add("--config-file=" + file));
        arguments.add("--max_threads=" + options.maxThreads());
        // Switches clickhouse-local's extensions off: a statement that works here must work on a server.
        arguments.add("--implicit_select=0");
        arguments.add("--allow_introspection_functions=0");
        options.settings().forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return List.copyOf(arguments);
    }

    /** The kernel releases the lock when the process ends, also after a crash. */
    private static FileChannel lock(Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(
                    directory.resolve("engine.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new IllegalStateException("another engine already runs on " + directory);
            }
            return channel;
        } catch (IOException failure) {
            throw new UncheckedIOException("the data directory " + directory + " cannot be used", failure);
        }
    }

    /** Opens a new connection, which takes about 0.2 ms. */
    Marked open() {
        return open(UUID.randomUUID().toString());
    }

    private Marked open(String mark) {
        List<String> marked = new ArrayList<>(arguments);
        marked.add("--" + MARK + "=" + mark);
        return new Marked(new EngineConnection(library, marked), mark);
    }

    /** Asks the query on the connection with this mark to stop. Does nothing if no query runs there yet. */
    void kill(String mark) {
        controlLock.lock();
        try {
            control.query("KILL QUERY WHERE Settings['" + MARK + "'] = " + EngineConnection.literal(mark) + " ASYNC");
        } finally {
            controlLock.unlock();
        }
    }

    String version() {
        return version;
    }

    String timeZone() {
        return timeZone;
    }

    /** Close all other connections first. */
    @Override
    public void close() {
        control.close();
        try {
            lockFile.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A connection, and the mark of its queries. */
    record Marked(EngineConnection connection, String mark) implements AutoCloseable {
        @Override
        public void close() {
            connection.close();
        }
    }
}
