package dev.quarry.testing;

import dev.quarry.engine.EngineProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;

/**
 * The engine that {@link Stores} started, which a test may kill and bring back; or the ClickHouse server at
 * {@code QUARRY_CLICKHOUSE_URL}, which it may not.
 */
public final class TestEngine {
    static final String DATABASE = "quarry_test_" + ProcessHandle.current().pid();
    static final String USER = System.getenv().getOrDefault("QUARRY_CLICKHOUSE_USER", "default");

    private static final String EXTERNAL_URL = System.getenv("QUARRY_CLICKHOUSE_URL");
    private static final String URL = "quarry.test.engine.url";
    private static final String PID = "quarry.test.engine.pid";
    private static final String DATA = "quarry.test.engine.data";

    private TestEngine() {}

    /** Whether it is this JVM's own, so that it may be killed. */
    public static boolean isOurs() {
        return EXTERNAL_URL == null;
    }

    /** As {@code kill -9}; does nothing if it is dead already. */
    public static void kill() {
        process().ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }

    /** Brings it back on the same port and data; does nothing if it is alive. */
    public static void restart() {
        if (process().isEmpty()) {
            launch(Path.of(System.getProperty(DATA)), URI.create(url()).getPort());
        }
    }

    static void start() {
        if (isOurs()) {
            try {
                Path data = Files.createTempDirectory("quarry-test-engine");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(data)));
                launch(data, 0);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    static String url() {
        return isOurs() ? System.getProperty(URL) : EXTERNAL_URL;
    }

    static String password() {
        return System.getenv().getOrDefault("QUARRY_CLICKHOUSE_PASSWORD", "");
    }

    private static void launch(Path data, int port) {
        EngineProcess engine = EngineProcess.start(
                EngineProcess.Options.at(data).withPort(port).withUser(USER, password()));
        System.setProperty(URL, engine.url());
        System.setProperty(PID, Long.toString(engine.pid()));
        System.setProperty(DATA, data.toString());
    }

    private static Optional<ProcessHandle> process() {
        return ProcessHandle.of(Long.parseLong(System.getProperty(PID))).filter(ProcessHandle::isAlive);
    }

    private static void delete(Path data) {
        kill();
        try (var files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
