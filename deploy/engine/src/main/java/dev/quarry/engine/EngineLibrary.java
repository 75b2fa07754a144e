package dev.quarry.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Finds the engine's shared library. */
public final class EngineLibrary {
    private static final String VARIABLE = "QUARRY_ENGINE_LIBRARY";
    private static final String HOME = "quarry.engine.home";
    private static final List<String> FILES = List.of("libchdb.so", "libchdb.dylib");

    private EngineLibrary() {}

    /**
     * Uses the file in the environment variable {@code QUARRY_ENGINE_LIBRARY}; else looks below the system property
     * {@code quarry.engine.home} (the directory where {@code ./quarry} puts it); else below {@code deploy/engine} of the
     * working directory.
     *
     * @throws IllegalStateException with one sentence for the user
     */
    public static Path locate() {
        String file = System.getenv(VARIABLE);
        if (file != null && !file.isEmpty()) {
            return existing(Path.of(file), VARIABLE + " names " + file + ", which does not exist");
        }
        String platform = platform(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Files.exists(Path.of("/lib64/ld-linux-x86-64.so.2"))
                        || Files.exists(Path.of("/lib/ld-linux-aarch64.so.1")));
        Path home = Path.of(System.getProperty(HOME, "deploy/engine"));
        Path folder = home.resolve("node_modules").resolve("@chdb").resolve("lib-" + platform);
        return existing(
                FILES.stream()
                        .map(folder::resolve)
                        .filter(Files::isRegularFile)
                        .findFirst()
                        .orElse(folder.resolve(FILES.getFirst())),
                "the engine library is missing: run ./quarry up, or `npm ci --ignore-scripts` in "
                        + home.toAbsolutePath().normalize());
    }

    private static Path existing(Path file, String otherwise) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException(otherwise);
        }
        return file.toAbsolutePath().normalize();
    }

    /**
     * The end of the name of the npm package with the library.
     *
     * @param system Java's {@code os.name}
     * @param architecture Java's {@code os.arch}
     */
    static String platform(String system, String architecture, boolean glibc) {
        boolean arm = architecture.equals("aarch64");
        boolean known = arm || architecture.equals("amd64") || architecture.equals("x86_64");
        String name = system.toLowerCase(Locale.ROOT);
        if (known && name.equals("linux") && glibc) {
            return arm ? "linux-arm64-gnu" : "linux-x64-gnu";
        }
        if (known && name.startsWith("mac")) {
            return arm ? "darwin-arm64" : "darwin-x64";
        }
        throw new IllegalStateException("the embedded engine runs on Linux with glibc and on macOS, and this is " + name
                + " " + architecture + ": use a ClickHouse server instead");
    }
}
