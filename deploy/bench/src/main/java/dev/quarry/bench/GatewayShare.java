package dev.quarry.bench;

import dev.quarry.bench.Contender.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Compares requests through the gateway of deployments with requests to the service itself. */
final class GatewayShare implements Part {
    private final MetricsBench bench = new MetricsBench();

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public String title() {
        return "The gateway's share";
    }

    @Override
    public String text() {
        return """
            The same question to the service, and through nginx with the configuration of deployments on the same machine, \
            with limits too high to matter.\
            """;
    }

    @Override
    public String chart() {
        return "gateway minus direct, p50";
    }

    @Override
    public List<Figure> measure(Options options) throws Exception {
        List<Figure> figures = new ArrayList<>();
        String question = bench.questions().typical();
        try (Stage stage = Stage.filled(options.root(), bench)) {
            for (boolean cached : new boolean[] {false, true}) {
                Packaging jar = Packaging.jar(options.root(), bench.service());
                ServiceProcess service = stage.startBeside(jar, cached, Map.of());
                try (GatewayProcess gateway = GatewayProcess.before(options.root(), service)) {
                    List<Contender> contenders = List.of(
                            Contender.of("direct", service, question),
                            new Contender(
                                    "gateway",
                                    List.of(Load.Request.get(gateway.url(question), Stage.headers())),
                                    OptionalLong.empty()));
                    Rounds.warmUp(contenders);
                    for (int clients : new int[] {1, 8}) {
                        String subject = "%s answer, clients: %d".formatted(cached ? "remembered" : "first", clients);
                        figures.addAll(figures(subject, Rounds.measure(stage, contenders, clients, options)));
                    }
                }
            }
        }
        return figures;
    }

    private static List<Figure> figures(String subject, Rounds rounds) {
        return List.of(
                Figure.of(subject, "direct, p50", "ms", rounds.of("direct", Sample::median)),
                Figure.of(subject, "gateway, p50", "ms", rounds.of("gateway", Sample::median)),
                Figure.of(subject, "gateway, p99", "ms", rounds.of("gateway", Sample::percentile99)),
                Figure.of(
                        subject,
                        "gateway minus direct, p50",
                        "ms",
                        rounds.difference("gateway", "direct", Sample::median)),
                Figure.of(subject, "direct", "a second", rounds.of("direct", Sample::rate)),
                Figure.of(subject, "gateway", "a second", rounds.of("gateway", Sample::rate)),
                Figure.of(subject, "gateway / direct", "", rounds.ratio("gateway", "direct", Sample::rate)));
    }
}
