package dev.quarry.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * @param parts by name
 */
record Report(String machine, String versions, Map<String, Result> parts) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String FILE = "report.json";

    Report {
        parts = new LinkedHashMap<>(parts);
    }

    /**
     * A part's result.
     *
     * @param chart the name of the figure that the picture shows
     * @param measured when it was measured, and of which commit
     * @param options of the command
     * @param seconds that it took
     */
    record Result(
            String title,
            String text,
            String chart,
            String measured,
            String options,
            long seconds,
            List<Figure> figures) {}

    /** The stored report, without results of another machine; empty if there is none. */
    static Report read(Path directory, String machine, String versions) throws IOException {
        Path file = directory.resolve(FILE);
        if (Files.exists(file)) {
            Report stored = JSON.readValue(file.toFile(), Report.class);
            if (stored.machine().equals(machine)) {
                return new Report(machine, versions, stored.parts());
            }
        }
        return new Report(machine, versions, Map.of());
    }

    /** Writes the JSON, the page and the picture. Parts come in the order of {@code names}. */
    void write(Path directory, List<String> names) throws IOException {
        Map<String, Result> ordered = new LinkedHashMap<>();
        names.stream().filter(parts::containsKey).forEach(name -> ordered.put(name, parts.get(name)));
        Report report = new Report(machine, versions, ordered);
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(FILE), JSON.writeValueAsString(report) + "\n");
        Files.writeString(directory.resolve("REPORT.md"), report.page());
        Files.writeString(directory.resolve("report.svg"), Picture.of(ordered.values()));
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
        parts.forEach((name, result) -> section(page, name, result));
        return page.toString();
    }

    /** A table of all figures that have a goal. */
    private void goals(StringBuilder page) {
        page.append("\n## Goals\n\n| part | | figure | median | goal | holds |\n|---|---|---|---|---|---|\n");
        parts.values()
                .forEach(result -> result.figures().stream()
                        .filter(figure -> figure.goal() != null)
                        .forEach(figure -> page.append("| %s | %s | %s | %s | %s | %s |%n"
                                .formatted(
                                        result.title(),
                                        figure.subject(),
                                        figure.name(),
                                        text(figure.median()) + unit(figure),
                                        text(figure.goal()),
                                        figure.goal().holds(figure.median()) ? "yes" : "**no**"))));
    }

    private static void section(StringBuilder page, String name, Result result) {
        page.append("""

            ## %s

            %s

            Measured %s in %d s, with `./quarry bench --only=%s %s`.

            """.formatted(
                        result.title(), result.text(), result.measured(), result.seconds(), name, result.options()));
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
