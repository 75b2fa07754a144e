package dev.quarry.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Writes the report, {@code BenchCommand ROOT [OPTION...]}, or measures one family, {@code BenchCommand ROOT FAMILY [ROWS]}.
 * The root is the project's directory with the packaged services. It stops everything that it started, and deletes its
 * files.
 */
public final class BenchCommand {
    static final List<Bench> BENCHES =
            List.of(new AppsBench(), new IntegrationsBench(), new MetricsBench(), new OrganizationsBench());
    private static final long ROWS = 20_000_000;
    private static final int CLIENTS = 8;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration MEASURED = Duration.ofSeconds(10);

    private BenchCommand() {}

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        if (arguments.length < 2 || arguments[1].startsWith("--")) {
            writeReport(Path.of(arguments[0]), List.of(arguments).subList(1, arguments.length));
            return;
        }
        if (arguments.length > 3) {
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
            compareCached(stage, Path.of(arguments[0]), bench);
        }
        System.exit(0);
    }

    private static void writeReport(Path root, List<String> arguments) throws Exception {
        try {
            System.exit(ReportCommand.run(Options.parse(root, arguments)) ? 0 : 1);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.err.println("./quarry bench --help lists the options");
            System.exit(2);
        }
    }

    /** Asks one question again and again, with and without the answer cache. */
    private static void compareCached(Stage stage, Path root, Bench bench) throws Exception {
        String question = bench.questions().typical();
        System.out.printf("%n%-22s %14s %20s%n", "the same question", "one client, ms", "8 clients, a second");
        for (boolean cached : new boolean[] {false, true}) {
            stage.cacheAnswers(cached);
            stage.start(Packaging.jar(root, bench.service()));
            Load.run(stage.url(question), Stage.headers(), CLIENTS, WARM_UP);
            Load.Result load = Load.run(stage.url(question), Stage.headers(), CLIENTS, MEASURED);
            System.out.printf(
                    "%-22s %14.2f %20.0f%n",
                    cached ? "cached" : "read each time", stage.medianOfGet(question), load.rate());
        }
    }

    static List<String> families() {
        return BENCHES.stream().map(Bench::family).toList();
    }
}
