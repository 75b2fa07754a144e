package dev.quarry.bench;

import dev.quarry.bench.Contender.Sample;
import dev.quarry.bench.Figure.Goal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares answers from gold with scans of bronze that compute the same numbers. */
final class GoldAgainstRaw implements Part {
    /** With fewer rows a scan is too short for the ratios that are wanted. */
    private static final long ROWS_OF_GOALS = 20_000_000;

    private final Bench bench;

    GoldAgainstRaw(Bench bench) {
        this.bench = bench;
    }

    @Override
    public String name() {
        return "gold";
    }

    @Override
    public String title() {
        return "Gold against raw scans";
    }

    @Override
    public String text() {
        return """
            The time of an answer over HTTP, without the answer cache, next to statements on the raw events that compute the \
            same numbers on the engine; p50 of one client. First with the parts of the tables as the engine left them after \
            loading, then with every partition merged into one part.\
            """;
    }

    @Override
    public String chart() {
        return "raw / answer, as loaded";
    }

    @Override
    public Optional<String> family() {
        return Optional.of(bench.family());
    }

    @Override
    public String scope(Options options) {
        return "%s, %,d events".formatted(bench.family(), options.rows());
    }

    @Override
    public List<Figure> measure(Options options) throws Exception {
        try (Stage stage = Stage.set(options.root(), bench.service(), bench.permission())) {
            long started = System.nanoTime();
            bench.load(stage, options.rows());
            double seconds = (System.nanoTime() - started) / 1e9;
            List<Figure> figures = new ArrayList<>(
                    List.of(Figure.of("load and rebuild", "rows", "a second", options.rows() / seconds)));
            stage.stop();
            stage.awaitMerges();
            measure(stage, "as loaded", options, figures);
            stage.mergeAll();
            measure(stage, "merged", options, figures);
            return figures;
        }
    }

    private void measure(Stage stage, String state, Options options, List<Figure> figures) throws Exception {
        ServiceProcess service = stage.startBeside(Packaging.jar(options.root(), bench.service()), false, Map.of());
        for (Bench.Comparison comparison : bench.comparisons()) {
            String subject = comparison.name();
            List<Contender> contenders = List.of(Contender.of("answer", service, comparison.path()));
            Rounds.warmUp(contenders, options, 2);
            double[] answers = Rounds.measure(stage, contenders, 1, options).of("answer", Sample::median);
            double[] scans = new double[options.rounds()];
            double[] ratios = new double[scans.length];
            scan(stage, comparison);
            for (int round = 0; round < scans.length; round++) {
                scans[round] = Stage.millis(() -> scan(stage, comparison));
                ratios[round] = scans[round] / answers[round];
            }
            figures.add(Figure.of(subject, "raw, " + state, "ms", scans));
            figures.add(Figure.of(subject, "answer, " + state, "ms", answers));
            Figure ratio = Figure.of(subject, "raw / answer, " + state, "", ratios);
            figures.add(options.rows() >= ROWS_OF_GOALS ? ratio.with(Goal.atLeast(comparison.ratio())) : ratio);
        }
        service.close();
    }

    private static String scan(Stage stage, Bench.Comparison comparison) throws Exception {
        StringBuilder rows = new StringBuilder();
        for (String sql : comparison.raw()) {
            rows.append(stage.sql(sql));
        }
        return rows.toString();
    }
}
