package dev.quarry.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Finds the engine's shared library. */
public final class EngineLibrary {
    private static final String VARIABLE = "QUARRY_ENGINE_LIBRARY";
    private static final String HOME = "quarry.engine.home";
    private static final Path IN_HOME = Path.of("node_modules", "@chdb", "lib-linux-x64-gnu", "libchdb.so");

    private EngineLibrary() {}

    /**
     * Uses the file in the environment variable {@code QUARRY_ENGINE_LIBRARY}; else looks below the system property
     * {@code quarry.engine.home} (the directory where {@code npm ci} ran); else below {@code deploy/engine} of the
     * working directory.
     *
     * @throws IllegalStateException with one sentence for the user
     */
    public static Path locate() {
        String file = System.getenv(VARIABLE);
        if (file != null && !file.isEmpty()) {
            return existing(Path.of(file), VARIABLE + " names " + file + ", which does not exist");
        }
        requirePlatform();
        Path home = Path.of(System.getProperty(HOME, "deploy/engine"));
        return existing(
                home.resolve(IN_HOME),
                "the engine library is missing: run `npm ci --ignore-scripts` in "
                        + home.toAbsolutePath().normalize());
    }

    private static Path existing(Path file, String otherwise) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException(otherwise);
        }
        return file.toAbsolutePath().normalize();
    }

    private static void requirePlatform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch");
        boolean glibc = Files.exists(Path.of("/lib64/ld-linux-x86-64.so.2"));
        if (!system.equals("linux") || !architecture.equals("amd64") || !glibc) {
            throw new IllegalStateException("the embedded engine runs on linux-x64 with glibc only, and this is "
                    + system + " " + architecture + ": use a ClickHouse server instead");
        }
    }
}
