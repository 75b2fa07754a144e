package dev.quarry.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Measures a family: {@code BenchCommand ROOT FAMILY [ROWS]}. The root is the project's directory with the packaged
 * services. It stops everything that it started, and deletes its files.
 */
public final class BenchCommand {
    static final List<Bench> BENCHES =
            List.of(new AppsBench(), new IntegrationsBench(), new MetricsBench(), new OrganizationsBench());
    private static final long ROWS = 20_000_000;

    private BenchCommand() {}

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        if (arguments.length < 2 || arguments.length > 3) {
            System.err.println("usage: bench FAMILY [ROWS], with FAMILY one of " + families());
            System.exit(2);
        }
        Bench bench = BENCHES.stream()
                .filter(candidate -> candidate.family().equals(arguments[1]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "No family is called " + arguments[1] + "; there are " + families()));
        long rows = arguments.length == 3 ? Long.parseLong(arguments[2].replace("_", "")) : ROWS;
        try (Stage stage = Stage.set(Path.of(arguments[0]), bench.service(), bench.permission())) {
            bench.run(stage, rows);
        }
        System.exit(0);
    }

    private static List<String> families() {
        return BENCHES.stream().map(Bench::family).toList();
    }
}
