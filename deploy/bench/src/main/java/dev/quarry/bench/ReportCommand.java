package dev.quarry.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Measures parts, and writes the report after each of them. */
final class ReportCommand {
    private static final List<Part> PARTS = Stream.of(
                    ofEach(FirstAnswers::new),
                    BenchCommand.BENCHES.stream()
                            .filter(bench -> bench.questions().remembered().isPresent())
                            .map(RememberedAnswers::new),
                    Stream.of(new Peers()),
                    ofEach(GoldAgainstRaw::new),
                    Stream.of(new Growth(), new Ingest(), new GatewayShare(), new StartAndMemory()))
            .<Part>flatMap(Function.identity())
            .toList();

    private ReportCommand() {}

    private static Stream<Part> ofEach(Function<Bench, Part> part) {
        return BenchCommand.BENCHES.stream().map(part);
    }

    static List<String> names() {
        return PARTS.stream().map(Part::name).distinct().toList();
    }

    /**
     * A part that fails does not stop the others.
     *
     * @return whether all parts were measured
     * @throws IllegalArgumentException if there is no such part or family
     */
    static boolean run(Options options) throws Exception {
        for (String name : options.only()) {
            if (!names().contains(name)) {
                throw new IllegalArgumentException("There is no part " + name + "; there are " + names());
            }
        }
        for (String family : options.families()) {
            if (!BenchCommand.families().contains(family)) {
                throw new IllegalArgumentException(
                        "There is no family " + family + "; there are " + BenchCommand.families());
            }
        }
        Report report = Report.read(options.directory(), machine(), versions(options));
        List<String> failed = new ArrayList<>();
        for (Part part : PARTS) {
            if (!options.include(part)) {
                continue;
            }
            String name = (part.name() + " " + part.scope(options)).strip();
            System.err.printf("%s: measuring %s ...%n", Instant.now().truncatedTo(ChronoUnit.SECONDS), name);
            try {
                report = report.with(measure(part, options), names());
                report.write(options.directory());
            } catch (Exception failure) {
                failed.add(name);
                failure.printStackTrace();
            }
        }
        System.err.println("The report is " + options.directory().resolve("REPORT.md")
                + (failed.isEmpty() ? "" : "; these parts failed: " + failed));
        return failed.isEmpty();
    }

    private static Report.Result measure(Part part, Options options) throws Exception {
        Instant started = Instant.now();
        String measured = "on " + started.truncatedTo(ChronoUnit.MINUTES) + commit(options.root());
        List<Figure> figures = part.measure(options);
        String families =
                part.family().map(family -> "--families=" + family + " ").orElse("");
        return new Report.Result(
                part.name(),
                part.scope(options),
                part.title(),
                part.text(),
                part.chart(),
                measured,
                "--only=" + part.name() + " " + families + options.text(),
                started.until(Instant.now(), ChronoUnit.SECONDS),
                figures);
    }

    static String machine() throws IOException {
        String memory = Files.readAllLines(Path.of("/proc/meminfo")).getFirst().replaceAll("\\D", "");
        return "%s, %d processors, %d GiB, Linux %s"
                .formatted(
                        MeasureCommand.processor(),
                        Runtime.getRuntime().availableProcessors(),
                        Long.parseLong(memory) >> 20,
                        System.getProperty("os.version"));
    }

    private static String versions(Options options) throws Exception {
        Bench bench = BenchCommand.BENCHES.getFirst();
        try (Stage stage = Stage.set(options.root(), bench.service(), bench.permission())) {
            String node = said(options.root(), "node", "--version");
            return "Versions: Java %s, %s%s. Load comes from %s"
                    .formatted(
                            Runtime.version(),
                            stage.versions(),
                            node.isEmpty() ? "" : ", Node.js " + node,
                            Load.tool());
        }
    }

    static String commit(Path root) throws InterruptedException {
        String commit = said(root, "git", "rev-parse", "--short", "HEAD");
        return commit.isEmpty() ? "" : " of commit " + commit;
    }

    /** What a command prints; empty if it fails or is not installed. */
    private static String said(Path root, String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(root.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? said : "";
        } catch (IOException notInstalled) {
            return "";
        }
    }
}
