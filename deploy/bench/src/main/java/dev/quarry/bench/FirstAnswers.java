package dev.quarry.bench;

import dev.quarry.bench.Contender.Sample;
import dev.quarry.bench.Figure.Goal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Compares each endpoint without the answer cache with the engine's own answer to the same statements. */
final class FirstAnswers implements Part {
    private static final String ENGINE = "engine";
    private static final String BARE_READ = "bare read";
    private static final int MANY = 8;

    /** A table of gold with one organisation that has 90 days. */
    private static final String BARE_ROWS = """
        INSERT INTO activity_counts (organization_id, day, version, active)
        SELECT 'bare', toDate('2026-02-01') + number, 1, number FROM numbers(90)
        """;

    private static final String BARE_SQL = """
        SELECT day, active FROM activity_counts FINAL
        WHERE organization_id = 'bare' AND day >= '2026-02-01' AND day <= '2026-05-01'
        FORMAT RowBinary
        """;

    private final Bench bench;

    FirstAnswers(Bench bench) {
        this.bench = bench;
    }

    @Override
    public String name() {
        return "first";
    }

    @Override
    public String title() {
        return "First answers";
    }

    @Override
    public String text() {
        return """
            Each endpoint without the answer cache, next to the engine's own HTTP answer to the statements that the service \
            sends for it (recorded from the service, with all settings and parameters). If an endpoint sends several \
            statements, the engine's times are added up. Events: 100,000 to 500,000 of each family. The engine's processor \
            time is also given as a multiple of a bare read: 90 days of one organisation from a narrow gold table, without \
            any setting.\
            """;
    }

    @Override
    public String chart() {
        return "jar / engine, 8 clients";
    }

    @Override
    public Optional<String> family() {
        return Optional.of(bench.family());
    }

    @Override
    public List<Figure> measure(Options options) throws Exception {
        try (Stage stage = Stage.filled(options.root(), bench)) {
            return measure(stage, options);
        }
    }

    private List<Figure> measure(Stage stage, Options options) throws Exception {
        List<Figure> figures = new ArrayList<>();
        Map<String, List<Load.Request>> statements = recordStatements(stage, options);
        Map<String, ServiceProcess> services = new LinkedHashMap<>();
        for (Packaging packaging : Packaging.forLoad(options.root(), bench.service())) {
            services.put(packaging.name(), stage.startBeside(packaging, false, Map.of()));
        }
        List<Contender> asked = new ArrayList<>();
        for (ServiceProcess service : services.values()) {
            for (Bench.Endpoint endpoint : bench.endpoints()) {
                asked.add(Contender.of(endpoint.name(), service, endpoint.path()));
            }
        }
        Rounds.warmUp(asked);
        stage.sql(BARE_ROWS);
        Contender bareRead = new Contender(
                BARE_READ,
                List.of(Load.Request.post(stage.engineUrl("/?database=quarry"), Map.of(), BARE_SQL)),
                OptionalLong.empty());
        for (Bench.Endpoint endpoint : bench.endpoints()) {
            List<Contender> contenders = new ArrayList<>(
                    List.of(bareRead, new Contender(ENGINE, statements.get(endpoint.name()), OptionalLong.empty())));
            services.forEach((name, service) -> contenders.add(Contender.of(name, service, endpoint.path())));
            Rounds.warmUp(contenders, options, 1);
            Rounds alone = Rounds.measure(stage, contenders, 1, options);
            Rounds many = Rounds.measure(stage, contenders.subList(1, contenders.size()), MANY, options);
            figures.addAll(figures(endpoint.name(), endpoint, services.keySet(), alone, many));
        }
        return figures;
    }

    /** Records the statements that each endpoint sends when it is warm. */
    private Map<String, List<Load.Request>> recordStatements(Stage stage, Options options) throws Exception {
        Map<String, List<Load.Request>> statements = new LinkedHashMap<>();
        try (Recorder recorder = new Recorder(stage.engineUrl())) {
            ServiceProcess service = stage.startBeside(
                    Packaging.jar(options.root(), bench.service()),
                    false,
                    Map.of("QUARRY_CLICKHOUSE_URL", recorder.url()));
            for (Bench.Endpoint endpoint : bench.endpoints()) {
                stage.get(service.url(endpoint.path()));
                var _ = recorder.take();
                stage.get(service.url(endpoint.path()));
                List<Load.Request> recorded = recorder.take();
                if (recorded.isEmpty()) {
                    throw new IllegalStateException(endpoint.path() + " sends no statement to the engine");
                }
                statements.put(endpoint.name(), recorded);
            }
            service.close();
        }
        return statements;
    }

    private static List<Figure> figures(
            String subject, Bench.Endpoint endpoint, Iterable<String> services, Rounds alone, Rounds many) {
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of(subject, "engine, p50", "ms", alone.of(ENGINE, Sample::median)));
        figures.add(Figure.of(subject, "engine, 8 clients", "a second", many.of(ENGINE, Sample::rate)));
        for (String service : services) {
            figures.add(Figure.of(subject, service + ", p50", "ms", alone.of(service, Sample::median)));
            figures.add(Figure.of(subject, service + ", p99", "ms", alone.of(service, Sample::percentile99)));
            figures.add(Figure.of(
                            subject,
                            service + " minus engine, p50",
                            "ms",
                            alone.difference(service, ENGINE, Sample::median))
                    .with(Goal.atMost(1)));
            figures.add(Figure.of(subject, service + ", 8 clients", "a second", many.of(service, Sample::rate)));
            figures.add(
                    Figure.of(subject, service + " / engine, 8 clients", "", many.ratio(service, ENGINE, Sample::rate))
                            .with(Goal.atLeast(0.85)));
            figures.add(Figure.of(subject, service + ", CPU", "ms", many.of(service, Sample::own))
                    .with(Goal.atMost(1)));
        }
        figures.add(Figure.of(subject, "engine's CPU", "ms", alone.of(ENGINE, Sample::engine)));
        Figure reads = Figure.of(subject, "in bare reads", "", alone.ratio(ENGINE, BARE_READ, Sample::engine));
        figures.add(
                endpoint.engineReads().isPresent()
                        ? reads.with(Goal.atMost(endpoint.engineReads().getAsDouble()))
                        : reads);
        return figures;
    }
}
