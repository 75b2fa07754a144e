package dev.quarry.testing.lookups;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The report of {@link LookUpAgent} on the packaged service under test. */
public final class LookUpReport {
    /** Path of the report; unset if no agent runs, as in tests in this JVM and of executables. */
    private static final String PROPERTY = "quarry.test.look-ups";

    private LookUpReport() {}

    /** Fails for each look-up of an unregistered name, unless {@code harmless.txt} lists it with a reason. */
    public static void requireNothingUnknown() throws IOException {
        String file = System.getProperty(PROPERTY, "");
        if (file.isEmpty() || !isInProcessOfItsOwn()) {
            return;
        }
        List<String> harmless = harmless();
        assertEquals(
                List.of(),
                Files.readAllLines(Path.of(file)).stream()
                        .filter(line -> !harmless.contains(line))
                        .toList(),
                "looked up, there, and not registered for executables: register it in common's reachability-metadata.json");
    }

    private static boolean isInProcessOfItsOwn() {
        var container = io.quarkus.arc.Arc.container();
        return container == null || !container.isRunning();
    }

    private static List<String> harmless() throws IOException {
        try (InputStream in = LookUpReport.class.getResourceAsStream("harmless.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("\\s*#.*", ""))
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }
}
