package dev.quarry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Measures start and memory of each service in each of its packagings: {@code MeasureCommand ROOT FILE [FAMILY...]}. Prints a
 * table per packaging, and writes them to the file in Markdown.
 */
public final class MeasureCommand {

    private static final int CONNECTIONS = 16;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration LARGEST = Duration.ofSeconds(20);
    private static final Duration QUIET = Duration.ofSeconds(3);

    /** How long a measurement takes. */
    record Effort(int starts, Duration load) {
        static final Effort FULL = new Effort(12, Duration.ofMinutes(1));
    }

    /** A line of a table. */
    enum Line {
        SIZE("size", "MB"),
        LISTENING("listening after", "ms"),
        FIRST_ANSWER("first answer with data after", "ms"),
        IDLE("idle", "MiB"),
        IDLE_LATER("idle after a request", "MiB"),
        PEAK("peak, 16 connections", "MiB"),
        RATE("16 connections, warm", "a second"),
        PEAK_32("peak, 32 connections, largest answers", "MiB"),
        PEAK_64("peak, 64 connections, largest answers", "MiB"),
        RATE_64("64 connections, largest answers", "a second"),
        FAILURES("answers other than 200, and connections that broke", "");

        private final String text;
        private final String unit;

        Line(String text, String unit) {
            this.text = text;
            this.unit = unit;
        }

        String text() {
            return text;
        }

        String unit() {
            return unit;
        }
    }

    private MeasureCommand() {}

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        if (arguments.length < 2) {
            System.err.println("usage: measure ROOT FILE [FAMILY...]");
            System.exit(2);
        }
        Map<String, Map<String, Map<Line, double[]>>> forms =
                measure(Path.of(arguments[0]), List.of(arguments).subList(2, arguments.length), Effort.FULL);
        String report = report(forms);
        System.out.println(report);
        Files.writeString(Path.of(arguments[1]), report);
        System.exit(0);
    }

    /**
     * Measures services in each packaging that was made.
     *
     * @param families empty for all
     * @return the values of each line, by packaging and family
     */
    static Map<String, Map<String, Map<Line, double[]>>> measure(Path root, List<String> families, Effort effort)
            throws Exception {
        Map<String, Map<String, Map<Line, double[]>>> forms = new LinkedHashMap<>();
        for (Bench bench : BenchCommand.BENCHES) {
            if (!families.isEmpty() && !families.contains(bench.family())) {
                continue;
            }
            try (Stage stage = Stage.filled(root, bench)) {
                stage.cacheAnswers(true);
                for (Packaging packaging : packagings(root, bench.service())) {
                    System.err.printf("Measuring %s, %s ...%n", bench.service(), packaging.name());
                    forms.computeIfAbsent(packaging.name(), _ -> new LinkedHashMap<>())
                            .put(bench.family(), measure(stage, packaging, bench.questions(), effort));
                }
            }
        }
        return forms;
    }

    private static List<Packaging> packagings(Path root, String service) throws Exception {
        List<Packaging> packagings = new ArrayList<>();
        packagings.add(Packaging.jarInContainer(root, service));
        Packaging.aotJar(root, service).ifPresent(packagings::add);
        Packaging.executable(root, service).ifPresent(packagings::add);
        return packagings;
    }

    private static Map<Line, double[]> measure(
            Stage stage, Packaging packaging, Bench.Questions questions, Effort effort) throws Exception {
        Map<Line, double[]> lines = new EnumMap<>(Line.class);
        lines.put(Line.SIZE, new double[] {packaging.size() / 1e6});
        measureStarts(stage, packaging, questions.typical(), effort, lines);
        measureIdle(stage, packaging, questions.typical(), lines);
        long failures = measureTypical(stage, packaging, questions.typical(), effort, lines);
        if (questions.largest().isPresent()) {
            String largest = questions.largest().get();
            failures += measureLargest(stage, packaging, largest, 32, lines, Line.PEAK_32);
            failures += measureLargest(stage, packaging, largest, 64, lines, Line.PEAK_64);
        }
        lines.put(Line.FAILURES, new double[] {failures});
        stage.stop();
        return lines;
    }

    private static void measureStarts(
            Stage stage, Packaging packaging, String question, Effort effort, Map<Line, double[]> lines)
            throws Exception {
        double[] listening = new double[effort.starts()];
        double[] answered = new double[effort.starts()];
        for (int start = 0; start < effort.starts(); start++) {
            ServiceProcess service = stage.launch(packaging);
            listening[start] = service.awaitListening();
            while (!stage.answers(question)) {
                service.requireStarting();
            }
            answered[start] = service.millisSinceStart();
        }
        lines.put(Line.LISTENING, listening);
        lines.put(Line.FIRST_ANSWER, answered);
    }

    private static void measureIdle(Stage stage, Packaging packaging, String question, Map<Line, double[]> lines)
            throws Exception {
        ServiceProcess service = stage.launch(packaging);
        service.awaitListening();
        Thread.sleep(QUIET);
        lines.put(Line.IDLE, new double[] {service.memory()});
        stage.get(question);
        Thread.sleep(QUIET);
        lines.put(Line.IDLE_LATER, new double[] {service.memory()});
    }

    private static long measureTypical(
            Stage stage, Packaging packaging, String question, Effort effort, Map<Line, double[]> lines)
            throws Exception {
        stage.start(packaging);
        ServiceProcess service = stage.service();
        Load.run(stage.url(question), Stage.headers(), CONNECTIONS, WARM_UP);
        Load.Result load = Load.run(stage.url(question), Stage.headers(), CONNECTIONS, effort.load());
        lines.put(Line.PEAK, new double[] {service.peakMemory()});
        lines.put(Line.RATE, new double[] {load.rate()});
        return load.failures();
    }

    private static long measureLargest(
            Stage stage, Packaging packaging, String question, int connections, Map<Line, double[]> lines, Line peak)
            throws Exception {
        stage.start(packaging);
        Load.Result result = Load.run(stage.url(question), Stage.headers(), connections, LARGEST);
        lines.put(peak, new double[] {stage.service().peakMemory()});
        lines.put(Line.RATE_64, new double[] {result.rate()});
        return result.failures();
    }

    private static String report(Map<String, Map<String, Map<Line, double[]>>> forms) throws IOException {
        StringBuilder report = new StringBuilder("""
                # How the services start, and what memory they take

                `./quarry native --measure` wrote this on %s, on %d processors (%s) with Java %s, and load from %s on the same \
                machine. The JVM has the options of the image. Memory is the resident set of the process; a peak is its high-water \
                mark. Times of starts are medians of %s; the typical load takes %s s.
                """.formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        Runtime.getRuntime().availableProcessors(),
                        processor(),
                        Runtime.version().feature(),
                        Load.tool(),
                        Effort.FULL.starts(),
                        Effort.FULL.load().toSeconds()));
        forms.forEach((form, families) -> table(report, form, families));
        if (!forms.containsKey("executable")) {
            report.append("""

                    ## executable

                    Not measured: there was no GraalVM to compile with. Set `GRAALVM_HOME` to one.
                    """);
        }
        return report.toString();
    }

    private static void table(StringBuilder report, String form, Map<String, Map<Line, double[]>> families) {
        report.append("\n## ").append(form).append("\n\n| | ");
        report.append(String.join(" | ", families.keySet())).append(" |\n|---|");
        report.append("---|".repeat(families.size())).append('\n');
        for (Line line : Line.values()) {
            report.append("| ").append(line.text);
            report.append(line.unit.isEmpty() ? "" : ", " + line.unit).append(" |");
            families.values()
                    .forEach(lines -> report.append(' ')
                            .append(lines.containsKey(line) ? text(Stage.median(lines.get(line))) : "–")
                            .append(" |"));
            report.append('\n');
        }
    }

    private static String text(double value) {
        return value >= 100 || value == Math.rint(value)
                ? Long.toString(Math.round(value))
                : String.format(Locale.ROOT, "%.1f", value);
    }

    static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.replaceFirst(".*: ", ""))
                .findFirst()
                .orElse("of an unknown kind");
    }
}
