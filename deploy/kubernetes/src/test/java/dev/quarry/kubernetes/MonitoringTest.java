package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The metrics in rules, alerts, dashboard and autoscalers exist. */
class MonitoringTest {
    private static final Path MONITORING = Rendering.HOME.resolve("monitoring");
    private static final JsonNode RULES = Rendering.yaml(Rendering.read(MONITORING.resolve("rules.yaml")))
            .findFirst()
            .orElseThrow()
            .path("spec");
    private static final JsonNode DASHBOARD = Rendering.yaml(
                    Rendering.read(MONITORING.resolve("dashboards/quarry.json")))
            .findFirst()
            .orElseThrow();
    private static final JsonNode ADAPTER = Rendering.yaml(
                    Rendering.read(MONITORING.resolve("prometheus-adapter.yaml")))
            .findFirst()
            .orElseThrow()
            .path("rules")
            .path("custom")
            .path(0);
    private static final List<String> EXPRESSIONS = Stream.of(RULES, DASHBOARD)
            .flatMap(root -> root.findValues("expr").stream())
            .map(JsonNode::asText)
            .toList();
    private static final MetricsTable TABLE = MetricsTable.read(Rendering.HOME.resolveSibling("OBSERVABILITY.md"));
    /** Labels that Prometheus adds to every series of a pod. */
    private static final Set<String> OF_THE_TARGET = Set.of("job", "namespace", "service", "pod");
    /** Metrics of other programs: Prometheus, kube-state-metrics, the kubelet. */
    private static final Set<String> FROM_OTHERS = Set.of(
            "up",
            "kube_deployment_status_replicas_available",
            "kube_job_status_failed",
            "container_memory_working_set_bytes");
    /** Prefixes of metrics that Micrometer reads from the JVM's own beans, which a native executable does not have. */
    private static final List<String> LACKING_NATIVELY = List.of("jvm_gc_", "jvm_buffer_", "jvm_memory_usage_after_gc");
    /** Operators, functions without parenthesis and grouping words of PromQL. */
    private static final Set<String> WORDS =
            Set.of("by", "without", "and", "or", "unless", "on", "ignoring", "group_left", "group_right", "bool");

    @Test
    void metricsExist() {
        Set<String> used = new TreeSet<>();
        EXPRESSIONS.forEach(expression -> used.addAll(metrics(expression)));
        used.addAll(metrics(ADAPTER.path("seriesQuery").asText()));
        assertTrue(used.size() > 30, used::toString);
        RULES.findValues("record").forEach(record -> used.remove(record.asText()));
        used.removeAll(FROM_OTHERS);
        used.removeIf(TABLE::has);
        assertEquals(Set.of(), used);
    }

    /** Services run natively and on the JVM, so no panel may need a metric that only the JVM has. */
    @Test
    void executablesHaveTheMetricsToo() {
        Set<String> lacking = new TreeSet<>();
        EXPRESSIONS.forEach(expression -> lacking.addAll(metrics(expression)));
        lacking.addAll(metrics(ADAPTER.path("seriesQuery").asText()));
        lacking.removeIf(metric -> LACKING_NATIVELY.stream().noneMatch(metric::startsWith));
        assertEquals(Set.of(), lacking);
        assertTrue(LACKING_NATIVELY.stream().allMatch(TABLE::has), "a metric is not in the table");
    }

    @Test
    void namesAreFoundInPromql() {
        assertEquals(
                Set.of("a_total", "b:c"),
                metrics(
                        "sum by (x, y) (rate(a_total{z=\"no_metric\", w!~\"x|y\"}[5m])) / on (x) b:c > 0.5 and vector(1)"));
    }

    /** Without the job, queries would count another system's requests; an unknown label selects nothing. */
    @Test
    void expressionsSelectOurSeriesByTheirLabels() {
        EXPRESSIONS.stream()
                .flatMap(expression -> Pattern.compile("([a-z_][\\w:]*)\\{([^}]*)}")
                        .matcher(expression)
                        .results())
                .filter(selector -> TABLE.has(selector.group(1)))
                .forEach(selector -> {
                    assertTrue(selector.group(2).startsWith("job=\"quarry\""), selector::group);
                    Set<String> labels = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"[^\"]*\"")
                            .matcher(selector.group(2))
                            .results()
                            .map(label -> label.group(1))
                            .collect(toCollection(TreeSet::new));
                    labels.removeAll(OF_THE_TARGET);
                    TABLE.labels(selector.group(1))
                            .ifPresent(known -> assertTrue(known.containsAll(labels), selector::group));
                });
        assertEquals(
                "quarry",
                Rendering.PRODUCTION
                        .of("ServiceMonitor")
                        .getFirst()
                        .spec()
                        .at("/endpoints/0/relabelings/0/replacement")
                        .asText());
    }

    @Test
    void autoscalersUseTheMetricOfTheAdapter() {
        String offered = ADAPTER.at("/name/as").asText();
        List<String> asked = Rendering.PRODUCTION.of("HorizontalPodAutoscaler").stream()
                .flatMap(scaler -> scaler.spec().path("metrics").valueStream())
                .filter(metric -> metric.path("type").asText().equals("Pods"))
                .map(metric -> metric.at("/pods/metric/name").asText())
                .toList();
        assertEquals(List.of(offered, offered, offered, offered), asked);
    }

    @Test
    void alertsHaveSeverityAndDescription() {
        String readme = Rendering.read(Rendering.HOME.resolve("README.md"));
        List<JsonNode> alerts = RULES.findParents("alert");
        assertTrue(alerts.size() > 10, () -> alerts.size() + " alerts");
        assertAll(alerts.stream().map(alert -> () -> {
            String name = alert.path("alert").asText();
            assertTrue(
                    Set.of("critical", "warning")
                            .contains(alert.at("/labels/severity").asText()),
                    name);
            assertFalse(alert.at("/annotations/summary").asText().isBlank(), name);
            assertFalse(alert.at("/annotations/description").asText().isBlank(), name);
            assertTrue(readme.contains("| `%s` |".formatted(name)), () -> name + " is not in README.md");
        }));
    }

    @Test
    void panelsHaveTheirOwnPositionAndId() {
        List<Integer> numbers = DASHBOARD.path("panels").findValues("id").stream()
                .map(JsonNode::asInt)
                .toList();
        assertEquals(numbers.size(), Set.copyOf(numbers).size());
        DASHBOARD.path("panels").forEach(panel -> {
            JsonNode place = panel.path("gridPos");
            assertTrue(
                    place.path("x").asInt() + place.path("w").asInt() <= 24,
                    panel.path("title").asText());
            panel.path("targets")
                    .forEach(target -> assertFalse(target.path("expr").asText().isBlank()));
        });
        assertEquals(
                "1",
                Rendering.PRODUCTION.of("ConfigMap").stream()
                        .filter(map -> map.name().equals("quarry-dashboard"))
                        .findFirst()
                        .orElseThrow()
                        .labels()
                        .get("grafana_dashboard"));
    }

    /** Runs where Prometheus's promtool is installed; CI does not install it for this. */
    @Test
    void alertsFireWhenTheyShould() throws IOException {
        Path rules = Files.createDirectories(Rendering.HOME.resolve("target")).resolve("rules.yaml");
        Files.writeString(rules, new Yaml().dump(Rendering.plain(RULES)));
        boolean installed = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool")));
        assumeTrue(installed, "promtool is not installed");
        Rendering.run("promtool", "check", "rules", rules.toString());
        Rendering.run("promtool", "test", "rules", "src/test/promtool/rules_test.yaml");
    }

    private static Set<String> metrics(String expression) {
        String bare = expression
                .replaceAll("\"[^\"]*\"", "")
                .replaceAll("\\{[^}]*}", "")
                .replaceAll("\\[[^]]*]", "")
                .replaceAll("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)", " ");
        return Pattern.compile("(?<![\\w:.])[a-zA-Z_:][\\w:]*(?![\\w:]|\\s*\\()")
                .matcher(bare)
                .results()
                .map(MatchResult::group)
                .filter(word -> !WORDS.contains(word))
                .collect(toCollection(TreeSet::new));
    }
}
