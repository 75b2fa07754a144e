package dev.quarry.bench;

import dev.quarry.bench.Contender.Sample;
import dev.quarry.bench.Figure.Goal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Compares daily active users of 30 days with peers that read the same table of gold on the same engine. */
final class Peers implements Part {
    private static final String QUESTION = "/v1/metrics/dau?from=2026-04-02&to=2026-05-01";
    private static final String PEERS_QUESTION = "/dau?from=2026-04-02&to=2026-05-01";
    private static final String SQL = """
        SELECT day AS period, active AS value FROM activity_counts FINAL
        WHERE organization_id = 'big' AND day >= '2026-04-02' AND day <= '2026-05-01'
        ORDER BY day FORMAT JSON
        """;

    private static final Pattern VALUE = Pattern.compile("\"(?:value|active)\":\"?(\\d+)");
    private static final String ENGINE = "engine";
    private static final String FASTIFY = "Fastify";
    private static final String HYPEQUERY = "hypequery";
    private static final String CACHED = ", cached";

    @Override
    public String name() {
        return "peers";
    }

    @Override
    public String title() {
        return "Peers";
    }

    @Override
    public String text() {
        return """
            Daily active users of 30 days: Quarry, an endpoint written by hand with Fastify and ClickHouse's client for Node.js, \
            and hypequery (both in [peers](peers)), on the same engine and the same table of gold. hypequery's cache keeps an \
            answer for a time and is out of date meanwhile; Quarry's cache is exact.\
            """;
    }

    @Override
    public String chart() {
        return "8 clients";
    }

    @Override
    public List<Figure> measure(Options options) throws Exception {
        Path peers = options.root().resolve("deploy/bench/peers");
        if (!Files.isDirectory(peers.resolve("node_modules"))) {
            throw new IllegalStateException("The peers' packages are missing: run npm ci in " + peers);
        }
        MetricsBench bench = new MetricsBench();
        try (Stage stage = Stage.filled(options.root(), bench)) {
            List<Contender> first = new ArrayList<>(List.of(new Contender(
                    ENGINE,
                    List.of(Load.Request.post(stage.engineUrl("/?database=quarry"), Map.of(), SQL)),
                    OptionalLong.empty())));
            first.add(peer(stage, peers, FASTIFY, Map.of()));
            first.add(peer(stage, peers, HYPEQUERY, Map.of()));
            List<Contender> cached =
                    new ArrayList<>(List.of(peer(stage, peers, HYPEQUERY, Map.of("CACHE_MILLIS", "60000"))));
            List<String> services = new ArrayList<>();
            for (Packaging packaging : Packaging.forLoad(options.root(), bench.service())) {
                String name = "Quarry, " + packaging.name();
                services.add(name);
                first.add(Contender.of(name, stage.startBeside(packaging, false, Map.of()), QUESTION));
                cached.add(Contender.of(name + CACHED, stage.startBeside(packaging, true, Map.of()), QUESTION));
            }
            List<Contender> all = new ArrayList<>(first);
            all.addAll(cached);
            requireSameValues(stage, all.subList(1, all.size()));
            Rounds.warmUp(all);
            return figures(
                    all, services, Rounds.measure(stage, all, 1, options), Rounds.measure(stage, all, 8, options));
        }
    }

    private static Contender peer(Stage stage, Path peers, String name, Map<String, String> more) throws Exception {
        Path program = peers.resolve(name.toLowerCase(Locale.ROOT) + ".js");
        var packaging = new Packaging(name, List.of(program), List.of("node", program.toString()));
        Map<String, String> environment = new HashMap<>(more);
        environment.put("CLICKHOUSE_URL", stage.engineUrl());
        environment.put("API_KEY", Stage.headers().get("x-api-key"));
        environment.put("ORGANIZATION", Stage.ORGANIZATION);
        ServiceProcess started = stage.startProgram(packaging, environment);
        return Contender.of(more.isEmpty() ? name : name + CACHED, started, PEERS_QUESTION);
    }

    /** All answers must have the same numbers. */
    private static void requireSameValues(Stage stage, List<Contender> contenders) throws Exception {
        List<String> expected = null;
        for (Contender contender : contenders) {
            List<String> values = VALUE.matcher(
                            stage.get(contender.requests().getFirst().url()))
                    .results()
                    .map(value -> value.group(1))
                    .toList();
            if (expected != null && !values.equals(expected)) {
                throw new IllegalStateException(contender.name() + " answers " + values + ", not " + expected);
            }
            expected = values;
        }
    }

    private static List<Figure> figures(List<Contender> all, List<String> services, Rounds alone, Rounds eight) {
        List<Figure> figures = new ArrayList<>();
        for (Contender contender : all) {
            String name = contender.name();
            figures.add(Figure.of(name, "p50", "ms", alone.of(name, Sample::median)));
            figures.add(Figure.of(name, "p99", "ms", alone.of(name, Sample::percentile99)));
            figures.add(Figure.of(name, "8 clients", "a second", eight.of(name, Sample::rate)));
            figures.add(Figure.of(name, "8 clients, p99", "ms", eight.of(name, Sample::percentile99)));
            figures.add(Figure.of(name, "CPU", "ms", eight.of(name, Sample::own)));
            figures.add(Figure.of(name, "engine's CPU", "ms", eight.of(name, Sample::engine)));
        }
        for (String service : services) {
            figures.add(ratio(service, FASTIFY, eight).with(Goal.atLeast(1.2)));
            figures.add(ratio(service, HYPEQUERY, eight));
            figures.add(ratio(service + CACHED, HYPEQUERY + CACHED, eight).with(Goal.atLeast(3)));
        }
        return figures;
    }

    private static Figure ratio(String service, String peer, Rounds rounds) {
        return Figure.of(service, "8 clients / " + peer, "", rounds.ratio(service, peer, Sample::rate));
    }
}
