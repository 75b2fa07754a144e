package dev.quarry.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Options of a report.
 *
 * @param root the project's directory
 * @param directory where the report is written
 * @param only the parts to measure; empty for all
 * @param families the families to measure, in parts that measure each family alone; empty for all
 * @param rows number of events that {@code gold} loads of each family, and {@code growth} of one
 * @param load duration of one load
 * @param rounds how often each figure is measured
 */
record Options(
        Path root, Path directory, List<String> only, List<String> families, long rows, Duration load, int rounds) {
    Options {
        only = List.copyOf(only);
        families = List.copyOf(families);
        if (rows < 1 || rounds < 1 || load.toSeconds() < 1) {
            throw new IllegalArgumentException("--rows, --seconds and --rounds must be at least 1");
        }
    }

    /** @throws IllegalArgumentException if an argument is no option */
    static Options parse(Path root, List<String> arguments) {
        Path directory = root.resolve("deploy/bench");
        List<String> only = new ArrayList<>();
        List<String> families = new ArrayList<>();
        long rows = 20_000_000;
        long seconds = 2;
        int rounds = 3;
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String value = argument.substring(equals + 1);
            switch (argument.substring(0, Math.max(0, equals))) {
                case "--only" -> only.addAll(List.of(value.split(",", -1)));
                case "--families" -> families.addAll(List.of(value.split(",", -1)));
                case "--rows" -> rows = Long.parseLong(value.replace("_", ""));
                case "--seconds" -> seconds = Long.parseLong(value);
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--directory" -> directory = Path.of(value);
                default -> throw new IllegalArgumentException("There is no option " + argument);
            }
        }
        return new Options(root, directory, only, families, rows, Duration.ofSeconds(seconds), rounds);
    }

    /** Whether a part is to be measured. */
    boolean include(Part part) {
        return (only.isEmpty() || only.contains(part.name()))
                && (families.isEmpty() || part.family().map(families::contains).orElse(true));
    }

    /** The options that decide how exact the figures are, for the report. */
    String text() {
        return "--rows=%d --seconds=%d --rounds=%d".formatted(rows, load.toSeconds(), rounds);
    }
}
