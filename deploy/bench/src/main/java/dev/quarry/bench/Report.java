package dev.quarry.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The results of all parts, as they were last measured on one machine. It is stored as JSON; the page and the picture are
 * made from that.
 *
 * @param machine processor, cores and memory
 * @param versions of what was measured and of what measured it, at the last run
 * @param results in the order of the page
 */
record Report(String machine, String versions, List<Result> results) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String FILE = "report.json";

    Report {
        results = List.copyOf(results);
    }

    /**
     * The result of a part, or of a part for one scope.
     *
     * @param part its name on the command line
     * @param scope what tells the result from others of the part, for example a family; empty if there is one result
     * @param chart the name of the figure that the picture shows
     * @param measured when it was measured, and of which commit
     * @param options of the command
     * @param seconds that it took
     */
    record Result(
            String part,
            String scope,
            String title,
            String text,
            String chart,
            String measured,
            String options,
            long seconds,
            List<Figure> figures) {

        private boolean replaces(Result other) {
            return part.equals(other.part) && scope.equals(other.scope);
        }

        /** {@return the title, with the scope} */
        String heading() {
            return scope.isEmpty() ? title : title + ": " + scope;
        }
    }

    /** The stored report, without results of another machine; empty if there is none. */
    static Report read(Path directory, String machine, String versions) throws IOException {
        Path file = directory.resolve(FILE);
        if (Files.exists(file)) {
            Report stored = JSON.readValue(file.toFile(), Report.class);
            if (stored.machine().equals(machine)) {
                return new Report(machine, versions, stored.results());
            }
        }
        return new Report(machine, versions, List.of());
    }

    /**
     * This report with a new result, which replaces that of the same part and scope.
     *
     * @param parts their names, in the order of the page
     */
    Report with(Result result, List<String> parts) {
        List<Result> all = new ArrayList<>(results);
        all.removeIf(result::replaces);
        all.add(result);
        all.removeIf(one -> !parts.contains(one.part()));
        all.sort(Comparator.<Result>comparingInt(one -> parts.indexOf(one.part()))
                .thenComparing(Result::scope));
        return new Report(machine, versions, all);
    }

    /** Writes the JSON, the page and the picture. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(FILE), JSON.writeValueAsString(this) + "\n");
        Files.writeString(directory.resolve("REPORT.md"), page());
        Files.writeString(directory.resolve("report.svg"), Picture.of(results));
    }

    private String page() {
        StringBuilder page = new StringBuilder("""
            # Benchmarks: the report

            `./quarry bench` wrote this page and [report.json](report.json). The [README](README.md) explains how to run it.

            ![The main figures of each part](report.svg)

            Machine: %s. %s.

            A cell has the median of all rounds and, in parentheses, the least and the most. In each round, everything that is \
            compared in a row is measured in turn. All load comes from the same machine. Events have no random values: \
            each is a function of its number, except for the values of web vitals. The times of app events and executions end at the time of the run.
            """.formatted(machine, versions));
        goals(page);
        String part = "";
        for (Result result : results) {
            if (!result.part().equals(part)) {
                part = result.part();
                page.append("\n## %s\n\n%s\n".formatted(result.title(), result.text()));
            }
            table(page, result);
        }
        return page.toString();
    }

    /** A table of all figures that have a goal. */
    private void goals(StringBuilder page) {
        page.append("\n## Goals\n\n| part | | figure | median | goal | holds |\n|---|---|---|---|---|---|\n");
        results.forEach(result -> result.figures().stream()
                .filter(figure -> figure.goal() != null)
                .forEach(figure -> page.append("| %s | %s | %s | %s | %s | %s |%n"
                        .formatted(
                                result.heading(),
                                figure.subject(),
                                figure.name(),
                                text(figure.median()) + unit(figure),
                                text(figure.goal()),
                                figure.goal().holds(figure.median()) ? "yes" : "**no**"))));
    }

    private static void table(StringBuilder page, Result result) {
        if (!result.scope().isEmpty()) {
            page.append("\n### %s\n".formatted(result.scope()));
        }
        page.append("""

            Measured %s in %d s, with `./quarry bench %s`.

            """.formatted(result.measured(), result.seconds(), result.options()));
        Set<String> columns = result.figures().stream()
                .map(figure -> figure.name() + unit(figure))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        page.append("| | ").append(String.join(" | ", columns)).append(" |\n|---|");
        page.append("---|".repeat(columns.size())).append('\n');
        Map<String, List<Figure>> rows = result.figures().stream()
                .collect(Collectors.groupingBy(Figure::subject, LinkedHashMap::new, Collectors.toList()));
        rows.forEach((subject, figures) -> {
            Map<String, String> cells =
                    figures.stream().collect(Collectors.toMap(figure -> figure.name() + unit(figure), Report::cell));
            page.append("| ").append(subject).append(" |");
            columns.forEach(column ->
                    page.append(' ').append(cells.getOrDefault(column, "–")).append(" |"));
            page.append('\n');
        });
    }

    private static String unit(Figure figure) {
        return figure.unit().isEmpty() ? "" : ", " + figure.unit();
    }

    private static String cell(Figure figure) {
        return figure.least() == figure.most()
                ? text(figure.median())
                : "%s (%s–%s)".formatted(text(figure.median()), text(figure.least()), text(figure.most()));
    }

    private static String text(Figure.Goal goal) {
        String bound = switch (goal.bound()) {
            case AT_LEAST -> "at least ";
            case AT_MOST -> "at most ";
        };
        return bound + text(goal.value());
    }

    /** Three significant digits. */
    static String text(double value) {
        double size = Math.abs(value);
        if (value == Math.rint(value) || size >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
    }
}
