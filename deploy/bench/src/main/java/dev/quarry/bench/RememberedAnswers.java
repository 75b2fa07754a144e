package dev.quarry.bench;

import dev.quarry.bench.Contender.Sample;
import dev.quarry.bench.Figure.Goal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares cached answers with a Quarkus application that does nothing but send an answer of the same size. */
final class RememberedAnswers implements Part {
    private static final String BARE_JSON = "bare JSON route";
    private static final String BARE_BYTES = "bare bytes route";

    private final Bench bench;

    /** @param bench of a family with an answer that the cache keeps */
    RememberedAnswers(Bench bench) {
        this.bench = bench;
    }

    @Override
    public String name() {
        return "remembered";
    }

    @Override
    public String title() {
        return "Remembered answers";
    }

    @Override
    public String text() {
        return """
            One question, asked again and again with the answer cache. Next to it are two routes of an otherwise empty \
            Quarkus application ([bare](bare)): one serializes records to JSON of the same size, the other sends bytes of the \
            same size that are ready. They authenticate nobody and limit no rates. Apps has no figures, because the cache keeps no \
            answer that ends now, such as its overview.\
            """;
    }

    @Override
    public String chart() {
        return "jar / bare JSON route";
    }

    @Override
    public Optional<String> family() {
        return Optional.of(bench.family());
    }

    @Override
    public List<Figure> measure(Options options) throws Exception {
        try (Stage stage = Stage.filled(options.root(), bench)) {
            return measure(stage, bench.questions().remembered().orElseThrow(), options);
        }
    }

    private List<Figure> measure(Stage stage, String path, Options options) throws Exception {
        List<Figure> figures = new ArrayList<>();
        List<Contender> contenders = new ArrayList<>();
        Map<String, String> uncached = new LinkedHashMap<>();
        int bytes = 0;
        for (Packaging packaging : Packaging.forLoad(options.root(), bench.service())) {
            ServiceProcess cached = stage.startBeside(packaging, true, Map.of());
            bytes = stage.get(cached.url(path)).length();
            contenders.add(Contender.of(packaging.name(), cached, path));
            String first = packaging.name() + " without cache";
            uncached.put(packaging.name(), first);
            contenders.add(Contender.of(first, stage.startBeside(packaging, false, Map.of()), path));
        }
        ServiceProcess bare = stage.startProgram(Packaging.bare(options.root()), Map.of());
        contenders.add(Contender.of(BARE_JSON, bare, "/json?bytes=" + bytes));
        contenders.add(Contender.of(BARE_BYTES, bare, "/bytes?bytes=" + bytes));
        Rounds.warmUp(contenders);
        for (int clients : new int[] {1, 16}) {
            Rounds rounds = Rounds.measure(stage, contenders, clients, options);
            String subject = "%,d bytes, clients: %d".formatted(bytes, clients);
            figures.add(Figure.of(subject, BARE_JSON, "a second", rounds.of(BARE_JSON, Sample::rate)));
            figures.add(Figure.of(subject, BARE_BYTES, "a second", rounds.of(BARE_BYTES, Sample::rate)));
            figures.add(Figure.of(subject, BARE_JSON + ", CPU", "ms", rounds.of(BARE_JSON, Sample::own)));
            uncached.forEach(
                    (service, first) -> figures.addAll(figures(subject, service, first, clients == 1, rounds)));
        }
        return figures;
    }

    private static List<Figure> figures(String subject, String service, String first, boolean alone, Rounds rounds) {
        Figure median = Figure.of(subject, service + ", p50", "ms", rounds.of(service, Sample::median));
        return List.of(
                Figure.of(subject, service, "a second", rounds.of(service, Sample::rate)),
                Figure.of(subject, service + " / " + BARE_JSON, "", rounds.ratio(service, BARE_JSON, Sample::rate))
                        .with(Goal.atLeast(0.7)),
                alone ? median.with(Goal.atMost(1)) : median,
                Figure.of(subject, service + ", p99", "ms", rounds.of(service, Sample::percentile99)),
                Figure.of(subject, service + ", CPU", "ms", rounds.of(service, Sample::own))
                        .with(Goal.atMost(0.5)),
                Figure.of(subject, service + " / " + first, "", rounds.ratio(service, first, Sample::rate))
                        .with(Goal.atLeast(10)));
    }
}
