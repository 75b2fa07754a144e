package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    /** Metrics of other programs: Prometheus, kube-state-metrics, the kubelet, the stores, Envoy, mtail beside nginx. */
    private static final Set<String> FROM_OTHERS = Set.of(
            "up",
            "kube_deployment_spec_replicas",
            "kube_deployment_status_replicas_available",
            "kube_job_failed",
            "container_memory_working_set_bytes",
            "ClickHouseAsyncMetrics_DiskAvailable_default",
            "ClickHouseAsyncMetrics_DiskTotal_default",
            "ClickHouseAsyncMetrics_MaxPartCountForPartition",
            "ClickHouseAsyncMetrics_ReplicasMaxAbsoluteDelay",
            "ClickHouseErrorMetric_FUNCTION_THROW_IF_VALUE_IS_NON_ZERO",
            "ClickHouseErrorMetric_VIOLATED_CONSTRAINT",
            "ClickHouseMetrics_ReadonlyReplica",
            "ClickHouseProfileEvents_RejectedInserts",
            "pg_up",
            "pg_stat_activity_count",
            "pg_settings_max_connections",
            "envoy_http_downstream_rq_xx",
            "envoy_cluster_upstream_cx_destroy_remote_with_active_rq",
            "envoy_cluster_upstream_cx_none_healthy",
            "envoy_cluster_upstream_rq_pending_failure_eject",
            "envoy_cluster_upstream_rq_pending_overflow",
            "envoy_cluster_upstream_rq_timeout",
            "envoy_cluster_upstream_rq_xx",
            "quarry_gateway_answers_total");
    /** Prefixes of metrics that Micrometer reads from the JVM's own beans, which a native executable does not have. */
    private static final List<String> LACKING_NATIVELY = List.of("jvm_gc_", "jvm_buffer_", "jvm_memory_usage_after_gc");
    /** Operators, functions without parenthesis and grouping words of PromQL. */
    private static final Set<String> WORDS = Set.of(
            "by", "without", "and", "or", "unless", "on", "ignoring", "group_left", "group_right", "bool", "offset");

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
        }));
    }

    /** Each alert leads to its own section of a page in this repository, and each section is of an alert. */
    @Test
    void alertsHaveRunbooks() {
        Path repository = Rendering.HOME.getParent().getParent();
        Set<String> sections = new TreeSet<>();
        Pattern.compile("(?m)^### (\\w+)\\n\\n\\w")
                .matcher(Rendering.read(Rendering.HOME.resolve("RUNBOOKS.md")))
                .results()
                .forEach(section -> sections.add(section.group(1)));
        Set<String> alerts = new TreeSet<>();
        RULES.findParents("alert").forEach(alert -> {
            String name = alert.path("alert").asText();
            alerts.add(name);
            String[] url = alert.at("/annotations/runbook_url").asText().split("/blob/main/|#", -1);
            assertEquals(3, url.length, name);
            assertEquals(Rendering.HOME.resolve("RUNBOOKS.md"), repository.resolve(url[1]), name);
            assertEquals(name.toLowerCase(Locale.ROOT), url[2]);
        });
        assertEquals(alerts, sections);
    }

    /** The overlay with another address of the runbooks. */
    @Test
    void addressOfTheRunbooksIsASetting() throws IOException {
        Path overlay = Files.createDirectories(Rendering.HOME.resolve("target/runbooks"));
        try (Stream<Path> files = Files.list(Rendering.HOME.resolve("overlays/production"))) {
            for (Path file : files.toList()) {
                Files.writeString(
                        overlay.resolve(file.getFileName()),
                        Rendering.read(file)
                                .replaceAll("runbooks=https:\\S+", "runbooks=https://wiki.example.org/a/page.md"));
            }
        }
        List<Manifest> manifests = Rendering.render(overlay);
        List<String> urls = manifests.stream()
                .filter(manifest -> manifest.kind().equals("PrometheusRule"))
                .flatMap(rules -> rules.spec().findValuesAsText("runbook_url").stream())
                .toList();
        assertEquals(RULES.findParents("alert").size(), urls.size());
        urls.forEach(url -> assertTrue(url.matches("https://wiki\\.example\\.org/a/page\\.md#quarry[a-z]+"), url));
        assertTrue(manifests.stream().noneMatch(manifest -> manifest.name().startsWith("quarry-monitoring")));
    }

    /** A single failure of few requests must call nobody. */
    @Test
    void alertsOfAvailabilityNeedTraffic() {
        Map<String, Integer> seconds = Map.of("1h", 3_600, "6h", 21_600, "1d", 86_400, "3d", 259_200);
        List<JsonNode> alerts = RULES.findParents("alert").stream()
                .filter(alert -> alert.path("alert").asText().startsWith("QuarryErrorBudget"))
                .toList();
        assertEquals(4, alerts.size());
        alerts.forEach(alert -> {
            String window = alert.at("/labels/window").asText();
            var floor = Pattern.compile(
                            "ratio_rate%1$s > ([\\d.]+) \\* 0\\.001\n(?s:.*)and\nservice:quarry_requests:rate%1$s \\* %2$d > (\\d+)$"
                                    .formatted(window, seconds.get(window)))
                    .matcher(alert.path("expr").asText());
            assertTrue(floor.find(), window);
            double failures = Double.parseDouble(floor.group(1)) * 0.001 * Integer.parseInt(floor.group(2));
            assertTrue(failures > 4.9 && failures < 6, () -> window + ": " + failures);
        });
    }

    /** Not every family needs to be deployed, so no rule may expect the series of one of them. */
    @Test
    void rulesExpectNoFamily() {
        EXPRESSIONS.forEach(expression -> {
            assertFalse(expression.matches("(?s).*absent\\w*\\([^)]*service.*"), expression);
            assertFalse(expression.matches("(?s).*\\bservice=\"[^\"]+\".*"), expression);
        });
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

    /** Needs Prometheus's promtool; without it the test is skipped, on CI it fails. */
    @Test
    void alertsFireWhenTheyShould() throws IOException {
        Rendering.require("promtool");
        Path rules = Files.createDirectories(Rendering.HOME.resolve("target")).resolve("rules.yaml");
        Files.writeString(rules, new Yaml().dump(Rendering.plain(RULES)));
        Rendering.run("promtool", "check", "rules", rules.toString());
        Rendering.run(
                "promtool", "test", "rules", "src/test/promtool/rules_test.yaml", "src/test/promtool/weeks_test.yaml");
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
