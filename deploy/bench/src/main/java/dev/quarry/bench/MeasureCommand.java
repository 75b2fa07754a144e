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
    private static final int STARTS = 12;

    private static final int CONNECTIONS = 16;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LARGEST = Duration.ofSeconds(20);
    private static final Duration QUIET = Duration.ofSeconds(3);

    /** A line of a table. */
    private enum Figure {
        SIZE("size, MB"),
        LISTENING("listening after, ms, median of " + STARTS),
        FIRST_ANSWER("first answer with data, ms, median of " + STARTS),
        IDLE("idle, before / after a request, MiB"),
        PEAK("peak, 16 connections, a minute, MiB"),
        RATE("requests a second, 16 connections, warm"),
        PEAK_32("peak, 32 connections, largest answers, MiB"),
        PEAK_64("peak, 64 connections, largest answers, MiB"),
        RATE_64("largest answers a second, 64 connections"),
        FAILURES("answers other than 200, and connections that broke");

        private final String text;

        Figure(String text) {
            this.text = text;
        }
    }

    private MeasureCommand() {}

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        if (arguments.length < 2) {
            System.err.println("usage: measure ROOT FILE [FAMILY...]");
            System.exit(2);
        }
        Path root = Path.of(arguments[0]);
        Map<String, Map<String, Map<Figure, String>>> forms = new LinkedHashMap<>();
        List<String> wanted = List.of(arguments).subList(2, arguments.length);
        for (Bench bench : BenchCommand.BENCHES) {
            if (!wanted.isEmpty() && !wanted.contains(bench.family())) {
                continue;
            }
            try (Stage stage = Stage.set(root, bench.service(), bench.permission())) {
                bench.fill(stage);
                stage.stop();
                stage.cacheAnswers(true);
                for (Packaging packaging : packagings(root, bench.service())) {
                    System.err.printf("Measuring %s, %s ...%n", bench.service(), packaging.name());
                    forms.computeIfAbsent(packaging.name(), _ -> new LinkedHashMap<>())
                            .put(bench.family(), measure(stage, packaging, bench.questions()));
                }
            }
        }
        String report = report(forms);
        System.out.println(report);
        Files.writeString(Path.of(arguments[1]), report);
        System.exit(0);
    }

    private static List<Packaging> packagings(Path root, String service) throws Exception {
        List<Packaging> packagings = new ArrayList<>();
        packagings.add(Packaging.jarInContainer(root, service));
        Packaging.aotJar(root, service).ifPresent(packagings::add);
        Packaging.executable(root, service).ifPresent(packagings::add);
        return packagings;
    }

    private static Map<Figure, String> measure(Stage stage, Packaging packaging, Bench.Questions questions)
            throws Exception {
        Map<Figure, String> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.SIZE, Long.toString(Math.round(packaging.size() / 1e6)));
        measureStarts(stage, packaging, questions.typical(), figures);
        measureIdle(stage, packaging, questions.typical(), figures);
        long failures = measureTypical(stage, packaging, questions.typical(), figures);
        if (questions.largest().isPresent()) {
            String largest = questions.largest().get();
            failures += measureLargest(stage, packaging, largest, 32, figures, Figure.PEAK_32);
            failures += measureLargest(stage, packaging, largest, 64, figures, Figure.PEAK_64);
        }
        figures.put(Figure.FAILURES, Long.toString(failures));
        stage.stop();
        return figures;
    }

    private static void measureStarts(Stage stage, Packaging packaging, String question, Map<Figure, String> figures)
            throws Exception {
        double[] listening = new double[STARTS];
        double[] answered = new double[STARTS];
        for (int start = 0; start < STARTS; start++) {
            ServiceProcess service = stage.launch(packaging);
            listening[start] = service.awaitListening();
            while (!stage.answers(question)) {
                service.requireStarting();
            }
            answered[start] = service.millisSinceStart();
        }
        figures.put(Figure.LISTENING, Long.toString(Math.round(Stage.median(listening))));
        figures.put(Figure.FIRST_ANSWER, Long.toString(Math.round(Stage.median(answered))));
    }

    private static void measureIdle(Stage stage, Packaging packaging, String question, Map<Figure, String> figures)
            throws Exception {
        ServiceProcess service = stage.launch(packaging);
        service.awaitListening();
        Thread.sleep(QUIET);
        long before = service.memory();
        stage.get(question);
        Thread.sleep(QUIET);
        figures.put(Figure.IDLE, before + " / " + service.memory());
    }

    private static long measureTypical(Stage stage, Packaging packaging, String question, Map<Figure, String> figures)
            throws Exception {
        stage.start(packaging);
        ServiceProcess service = stage.service();
        Load.run(stage.url(question), Stage.headers(), CONNECTIONS, WARM_UP);
        Load.Result minute = Load.run(stage.url(question), Stage.headers(), CONNECTIONS, MINUTE);
        figures.put(Figure.PEAK, Long.toString(service.peakMemory()));
        figures.put(Figure.RATE, Long.toString(Math.round(minute.rate())));
        return minute.failures();
    }

    private static long measureLargest(
            Stage stage,
            Packaging packaging,
            String question,
            int connections,
            Map<Figure, String> figures,
            Figure peak)
            throws Exception {
        stage.start(packaging);
        Load.Result result = Load.run(stage.url(question), Stage.headers(), connections, LARGEST);
        figures.put(peak, Long.toString(stage.service().peakMemory()));
        figures.put(Figure.RATE_64, String.format(Locale.ROOT, "%.1f", result.rate()));
        return result.failures();
    }

    private static String report(Map<String, Map<String, Map<Figure, String>>> forms) throws IOException {
        StringBuilder report = new StringBuilder("""
                # How the services start, and what memory they take

                `./quarry native --measure` wrote this on %s, on %d processors (%s) with Java %s, and load from %s on the same \
                machine. The JVM has the options of the image. Memory is the resident set of the process; a peak is its high-water \
                mark.
                """.formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        Runtime.getRuntime().availableProcessors(),
                        processor(),
                        Runtime.version().feature(),
                        Load.tool()));
        forms.forEach((form, families) -> table(report, form, families));
        if (!forms.containsKey("executable")) {
            report.append(
                    "\n## executable\n\nNot measured: there was no GraalVM to compile with. Set `GRAALVM_HOME` to one.\n");
        }
        return report.toString();
    }

    private static void table(StringBuilder report, String form, Map<String, Map<Figure, String>> families) {
        report.append("\n## ").append(form).append("\n\n| | ");
        report.append(String.join(" | ", families.keySet())).append(" |\n|---|");
        report.append("---|".repeat(families.size())).append('\n');
        for (Figure figure : Figure.values()) {
            report.append("| ").append(figure.text).append(" |");
            families.values()
                    .forEach(figures -> report.append(' ')
                            .append(figures.getOrDefault(figure, "–"))
                            .append(" |"));
            report.append('\n');
        }
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.replaceFirst(".*: ", ""))
                .findFirst()
                .orElse("of an unknown kind");
    }
}
