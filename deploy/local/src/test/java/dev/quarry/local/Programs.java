package dev.quarry.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of this machine, for a script that a test runs with these only. */
final class Programs {
    private Programs() {}

    /** Makes the folder, with a link to each of the programs. */
    static void link(List<String> programs, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String program : programs) {
            Files.createSymbolicLink(folder.resolve(program), find(program));
        }
    }

    /** Not from {@code PATH}, where a version manager may have put a script that needs more. */
    static Path find(String program) {
        return List.of("/bin", "/usr/bin").stream()
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }
}
