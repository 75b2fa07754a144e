package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The table of metrics in deploy/OBSERVABILITY.md. A test of the services compares it with a scrape.
 *
 * @param metrics type and labels by name; a name may end in {@code *}
 */
record MetricsTable(Map<String, Metric> metrics) {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[a-z_*`, ]+) \\| ([a-z]*) *\\| ?([^|]*)\\|");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    record Metric(String type, Set<String> labels) {
        Set<String> series(String name) {
            return switch (type) {
                case "histogram" -> Set.of(name + "_bucket", name + "_count", name + "_sum", name + "_max");
                case "summary" -> Set.of(name + "_count", name + "_sum", name + "_max");
                default -> Set.of(name);
            };
        }
    }

    static MetricsTable read(Path file) {
        String section =
                Rendering.read(file).replaceFirst("(?s)^.*\n## Metrics\n", "").replaceFirst("(?s)\n## .*$", "");
        return new MetricsTable(ROW.matcher(section)
                .results()
                .flatMap(row -> names(row.group(1))
                        .map(name -> Map.entry(
                                name,
                                new Metric(row.group(2), names(row.group(3)).collect(toSet())))))
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    boolean has(String series) {
        return metrics.entrySet().stream().anyMatch(metric -> isOf(series, metric));
    }

    /** {@return the labels; empty if the table has only the beginning of the name} */
    Optional<Set<String>> labels(String series) {
        return metrics.entrySet().stream()
                .filter(metric -> !metric.getKey().endsWith("*") && isOf(series, metric))
                .findFirst()
                .map(metric -> metric.getValue().labels());
    }

    private static boolean isOf(String series, Map.Entry<String, Metric> metric) {
        String name = metric.getKey();
        return name.endsWith("*")
                ? series.startsWith(name.substring(0, name.length() - 1))
                : metric.getValue().series(name).contains(series);
    }

    private static Stream<String> names(String cell) {
        return NAME.matcher(cell).results().map((MatchResult name) -> name.group(1));
    }
}
