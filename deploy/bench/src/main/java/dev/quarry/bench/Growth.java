package dev.quarry.bench;

import dev.quarry.bench.Contender.Sample;
import dev.quarry.bench.Figure.Goal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures whether more events of an organisation, or more organisations, make its answers slower. */
final class Growth implements Part {
    /** Events of other organisations, each on ten days. */
    private static final String OTHERS = """
        INSERT INTO events (organization_id, event_id, time, user_id, session_id, kind, tool)
        SELECT concat('other-', toString(intDiv(number, 10))), reinterpretAsUUID(sipHash128(number, 'others')),
          toDateTime64('2026-03-01 12:00:00', 3, 'UTC') + number % 10 * 86400, 'user', 'session', 'tool_call', 'tool'
        FROM numbers({from}, {count})
        """;

    private static final int DAYS_OF_OTHERS = 10;

    private final MetricsBench bench = new MetricsBench();

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String title() {
        return "Growth";
    }

    @Override
    public String text() {
        return """
            Answers of product metrics without the answer cache, p50 of one client. First one organisation with a sixteenth, \
            a quarter and all of `--rows` events of the same users on the same days. Then an organisation with 100,000 events \
            next to 0, 99 and 9,999 others, which have events on ten days.\
            """;
    }

    @Override
    public String chart() {
        return "16 x / 1 x rows";
    }

    @Override
    public List<Figure> measure(Options options) throws Exception {
        List<Figure> figures = new ArrayList<>();
        growRows(options, figures);
        growOrganizations(options, figures);
        return figures;
    }

    private void growRows(Options options, List<Figure> figures) throws Exception {
        try (Stage stage = Stage.set(options.root(), bench.service(), bench.permission())) {
            long sessions = options.rows() / 4;
            Map<String, double[]> smallest = new HashMap<>();
            long loaded = 0;
            for (int times : new int[] {1, 4, 16}) {
                bench.load(stage, sessions, loaded, sessions * times / 16 - loaded);
                loaded = sessions * times / 16;
                stage.awaitMerges();
                for (var endpoint : answers(stage, options).entrySet()) {
                    String subject = endpoint.getKey();
                    double[] millis = endpoint.getValue();
                    figures.add(Figure.of(subject, times + " x rows", "ms", millis));
                    double[] before = smallest.putIfAbsent(subject, millis);
                    if (times == 16) {
                        figures.add(Figure.of(subject, "16 x / 1 x rows", "", ratios(millis, before))
                                .with(Goal.atMost(1.2)));
                    }
                }
            }
        }
    }

    private void growOrganizations(Options options, List<Figure> figures) throws Exception {
        try (Stage stage = Stage.set(options.root(), bench.service(), bench.permission())) {
            bench.fill(stage);
            Map<String, double[]> fewest = new HashMap<>();
            int others = 0;
            for (int organizations : new int[] {1, 100, 10_000}) {
                int added = organizations - 1 - others;
                stage.sql(OTHERS.replace("{from}", Integer.toString(others * DAYS_OF_OTHERS))
                        .replace("{count}", Integer.toString(added * DAYS_OF_OTHERS)));
                others += added;
                stage.awaitRollupJob("event_marks");
                stage.awaitMerges();
                for (var endpoint : answers(stage, options).entrySet()) {
                    String subject = endpoint.getKey();
                    double[] millis = endpoint.getValue();
                    figures.add(Figure.of(subject, "%,d organisations".formatted(organizations), "ms", millis));
                    double[] before = fewest.putIfAbsent(subject, millis);
                    if (organizations == 10_000) {
                        figures.add(Figure.of(subject, "10,000 / 1 organisations", "", ratios(millis, before)));
                    }
                }
            }
        }
    }

    /** The p50 of every endpoint in each round. */
    private Map<String, double[]> answers(Stage stage, Options options) throws Exception {
        Map<String, double[]> answers = new LinkedHashMap<>();
        ServiceProcess service = stage.startBeside(Packaging.jar(options.root(), bench.service()), false, Map.of());
        for (Bench.Endpoint endpoint : bench.endpoints()) {
            List<Contender> contenders = List.of(Contender.of("answer", service, endpoint.path()));
            Rounds.warmUp(contenders, options, 2);
            answers.put(
                    endpoint.name(),
                    Rounds.measure(stage, contenders, 1, options).of("answer", Sample::median));
        }
        service.close();
        return answers;
    }

    private static double[] ratios(double[] later, double[] before) {
        double[] ratios = new double[later.length];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = later[round] / before[round];
        }
        return ratios;
    }
}
