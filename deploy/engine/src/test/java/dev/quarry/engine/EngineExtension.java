package dev.quarry.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real engine in a child process for one test class, with a database {@code quarry}, on an empty directory. */
final class EngineExtension implements BeforeAllCallback, AfterAllCallback {
    private final UnaryOperator<EngineProcess.Options> change;
    private Path directory;
    private EngineProcess process;

    EngineExtension() {
        this(UnaryOperator.identity());
    }

    EngineExtension(UnaryOperator<EngineProcess.Options> change) {
        this.change = change;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory("quarry-engine");
        process = EngineProcess.start(change.apply(
                EngineProcess.Options.at(directory.resolve("data")).withLogFile(directory.resolve("log"))));
    }

    EngineProcess process() {
        return process;
    }

    Http http() {
        return Http.to(process);
    }

    /** What the child wrote to its standard error. */
    String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (process != null) {
            process.close();
        }
        delete(directory);
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
