package dev.quarry.bench;

import dev.quarry.bench.MeasureCommand.Effort;
import java.util.ArrayList;
import java.util.List;

/** Measures start and memory of each service in each of its packagings, as {@link MeasureCommand} does. */
final class StartAndMemory implements Part {
    private static final int MOST_STARTS = 12;
    private static final int LOADS = 6;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String title() {
        return "Start and memory";
    }

    @Override
    public String text() {
        return """
            Start and memory of each service as a jar, as a jar with an AOT cache and, if `GRAALVM_HOME` is set, as an \
            executable. The [README](README.md#start-and-memory-of-the-services) defines the figures.\
            """;
    }

    @Override
    public String chart() {
        return "first answer with data after";
    }

    @Override
    public List<Figure> measure(Options options) throws Exception {
        List<Figure> figures = new ArrayList<>();
        var effort = new Effort(
                Math.min(MOST_STARTS, 3 * options.rounds()), options.load().multipliedBy(LOADS));
        MeasureCommand.measure(options.root(), List.of(), effort)
                .forEach((packaging, families) -> families.forEach((family, lines) -> lines.forEach((line, values) ->
                        figures.add(Figure.of(family + ", " + packaging, line.text(), line.unit(), values)))));
        return figures;
    }
}
