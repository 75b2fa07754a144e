package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The chart deploys what Kustomize deploys, so all tests of the rendered overlays hold for the chart too. Needs Helm;
 * without it the tests are skipped, on CI they fail.
 */
class HelmTest {
    private static final Path CHART = Rendering.HOME.resolveSibling("helm");
    private static final Set<String> WRITTEN_BY_HAND = Set.of("_helpers.tpl", "settings.yaml");
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Run(int code, String output) {}

    @BeforeAll
    static void helmIsInstalled() {
        Rendering.require("helm");
    }

    @Test
    void templatesAreWrittenFromTheManifests(@TempDir Path folder) throws IOException {
        Rendering.run(CHART.resolve("generate").toString(), folder.toString());
        Map<String, String> expected = files(folder);
        Map<String, String> committed = files(CHART.resolve("templates"));
        committed.keySet().removeAll(WRITTEN_BY_HAND);
        assertTrue(expected.size() > 10, () -> expected.keySet().toString());
        assertEquals(expected, committed, "run deploy/helm/generate");
    }

    @ParameterizedTest
    @EnumSource(names = {"PRODUCTION", "ONE_FAMILY", "EVERYTHING", "NGINX_METRICS", "OPENSHIFT"})
    void chartDeploysWhatKustomizeDeploys(Rendering rendering) {
        List<String> values = switch (rendering) {
            case ONE_FAMILY ->
                List.of(
                        "families.apps-analytics.enabled=false",
                        "families.integration-analytics.enabled=false",
                        "families.org-analytics.enabled=false");
            case EVERYTHING ->
                List.of(
                        "jvm=true",
                        "nginxGateway.enabled=true",
                        "nginxGateway.page=true",
                        "tracing.enabled=true",
                        "backup.enabled=true",
                        "externalSecrets.enabled=true");
            case NGINX_METRICS -> List.of("nginxGateway.enabled=true", "nginxGateway.metrics=true");
            case OPENSHIFT -> List.of("openShift=true", "nginxGateway.enabled=true");
            default -> List.of();
        };
        Map<String, JsonNode> expected = comparable(rendering.manifests());
        // Helm makes the namespace, or finds it.
        expected.remove("Namespace quarry");
        Map<String, JsonNode> rendered = comparable(render(values));
        assertEquals(expected.keySet(), rendered.keySet());
        expected.forEach((name, manifest) -> assertEquals(manifest, rendered.get(name), name));
    }

    /** The names of the settings have no hash here. */
    @ParameterizedTest
    @ValueSource(strings = {"settings.QUARRY_FAIRNESS_PLACES=9", "nginxGateway.settings.QUARRY_GATEWAY_RATE=9"})
    void changedSettingReplacesThePods(String setting) {
        String variable = setting.substring(setting.lastIndexOf('.') + 1, setting.indexOf('='));
        List<Manifest> before = render(List.of("nginxGateway.enabled=true"));
        List<Manifest> after = render(List.of("nginxGateway.enabled=true", setting));
        assertEquals(
                Set.of("9"),
                after.stream()
                        .flatMap(manifest ->
                                manifest.node().path("data").path(variable).isTextual()
                                        ? Stream.of(manifest.node()
                                                .path("data")
                                                .path(variable)
                                                .asText())
                                        : Stream.of())
                        .collect(toSet()));
        Map<String, String> old = checksums(before);
        Set<String> changed = checksums(after).entrySet().stream()
                .filter(deployment -> !deployment.getValue().equals(old.get(deployment.getKey())))
                .map(Map.Entry::getKey)
                .collect(toCollection(TreeSet::new));
        assertEquals(setting.startsWith("nginx") ? Set.of("gateway") : Rendering.SERVICES, changed);
    }

    /** nginx does not start if it cannot resolve a name. */
    @Test
    void gatewayResolvesEachUpstream() {
        String upstreams =
                render(List.of("nginxGateway.enabled=true", "families.apps-analytics.enabled=false")).stream()
                        .filter(manifest -> manifest.name().equals("gateway-settings"))
                        .map(manifest -> manifest.node().path("data").toString())
                        .findFirst()
                        .orElseThrow();
        assertTrue(upstreams.contains("\"QUARRY_APPS_UPSTREAM\":\"127.0.0.1:9\""), upstreams);
        assertTrue(upstreams.contains("\"QUARRY_ORGS_UPSTREAM\":\"org-analytics-service:8080\""), upstreams);
    }

    /** Helm runs the migration before it replaces the services, and what the migration needs before that. */
    @Test
    void migrationIsAHook() {
        Map<String, String> weights = render(List.of()).stream()
                .filter(manifest -> annotation(manifest, "helm.sh/hook").equals("pre-install,pre-upgrade"))
                .peek(hook -> assertEquals(
                        "before-hook-creation", annotation(hook, "helm.sh/hook-delete-policy"), hook.toString()))
                .collect(toMap(Manifest::toString, hook -> annotation(hook, "helm.sh/hook-weight")));
        assertEquals(
                Map.of(
                        "Job migrate-1.0.0",
                        "",
                        "ServiceAccount migrator",
                        "-1",
                        "ConfigMap quarry-migrator-settings",
                        "-1"),
                weights);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jvm=perhaps",
                "image.tag=V1",
                "imagge.tag=1",
                "families.apps.enabled=false",
                "families.apps-analytics.maxReplicas=0",
                "autoscaling.requestsInFlight=perhaps",
                "stores.clickHouse=clickhouse",
                "stores.postgres=quarry:secret@postgres:5432/quarry",
                "settings.QUARRY_CLICKHOUSE_PASSWORD=secret",
                "settings.quarry_fairness_places=many",
                "gatewayApi.hostname=https://api.example.com",
                "nginxGateway.metrics=perhaps",
                "nginxGateway.metrics=true,monitoring.enabled=false",
                "backup.clickHouse=s3://key:secret@bucket"
            })
    void wrongValuesAreRefused(String value) {
        Run run = helm("template", "quarry", CHART.toString(), "--set", value);
        assertNotEquals(0, run.code(), value);
        assertTrue(run.output().contains("values don't meet the specifications of the schema"), run::output);
    }

    /** An autoscaler does not scale down while one of its metrics is unknown. */
    @ParameterizedTest
    @CsvSource({
        "monitoring.enabled=true, true",
        "monitoring.enabled=false, false",
        "'jvm=true,monitoring.enabled=false', false",
        "autoscaling.requestsInFlight=false, false",
        "'monitoring.enabled=false,autoscaling.requestsInFlight=true', true"
    })
    void autoscalersUseTheRequestsInFlightIfThereIsAnAdapter(String values, boolean used) {
        List<Manifest> scalers = render(List.of(values)).stream()
                .filter(manifest -> manifest.kind().equals("HorizontalPodAutoscaler"))
                .toList();
        assertEquals(4, scalers.size());
        scalers.forEach(scaler -> assertEquals(
                used ? List.of("Resource", "Pods") : List.of("Resource"),
                scaler.spec()
                        .path("metrics")
                        .valueStream()
                        .map(metric -> metric.path("type").asText())
                        .toList(),
                scaler.toString()));
    }

    @Test
    void addressOfTheRunbooksIsAValue() {
        List<String> urls = render(List.of("monitoring.runbooks=https://wiki.example.org/a/page.md")).stream()
                .filter(manifest -> manifest.kind().equals("PrometheusRule"))
                .flatMap(rules -> rules.spec().findValuesAsText("runbook_url").stream())
                .toList();
        assertTrue(urls.size() > 10, urls::toString);
        urls.forEach(url -> assertTrue(url.startsWith("https://wiki.example.org/a/page.md#quarry"), url));
    }

    /** Another team's Job may have the same name. */
    @Test
    void alertsWatchTheNamespaceOfTheRelease() {
        List<String> watched = render("elsewhere", List.of()).stream()
                .filter(manifest -> manifest.kind().equals("PrometheusRule"))
                .flatMap(rules -> rules.spec().findValuesAsText("expr").stream())
                .filter(expression -> expression.contains("kube_job_failed"))
                .toList();
        assertEquals(
                List.of("kube_job_failed{namespace=\"elsewhere\", job_name=~\"migrate-.+\", condition=\"true\"} > 0"),
                watched);
    }

    private static List<Manifest> render(List<String> values) {
        return render("quarry", values);
    }

    private static List<Manifest> render(String namespace, List<String> values) {
        Run run = helm(Stream.concat(
                        Stream.of("template", "quarry", CHART.toString(), "--namespace", namespace),
                        values.stream()
                                .flatMap(value ->
                                        Stream.of(value.contains("settings.") ? "--set-string" : "--set", value)))
                .toArray(String[]::new));
        assertEquals(0, run.code(), run::output);
        return Rendering.yaml(run.output())
                .filter(JsonNode::isObject)
                .map(Manifest::new)
                .toList();
    }

    /** Without what differs by design: hashes in the names of settings, and annotations for Helm. */
    private static Map<String, JsonNode> comparable(List<Manifest> manifests) {
        Map<String, JsonNode> comparable = new TreeMap<>();
        for (Manifest manifest : manifests) {
            String text = manifest.node()
                    .toString()
                    .replaceAll("\"((?:quarry|quarry-migrator|gateway)-settings)-[a-z0-9]{10}\"", "\"$1\"");
            JsonNode node = read(text);
            removeOfHelm(node.path("metadata"));
            removeOfHelm(node.at("/spec/template/metadata"));
            comparable.put(new Manifest(node).toString(), node);
        }
        assertTrue(comparable.size() > 20, () -> comparable.keySet().toString());
        return comparable;
    }

    private static void removeOfHelm(JsonNode metadata) {
        if (metadata.path("annotations") instanceof ObjectNode annotations) {
            List<String> ofHelm = annotations
                    .propertyStream()
                    .map(Map.Entry::getKey)
                    .filter(name -> name.startsWith("helm.sh/") || name.startsWith("checksum/"))
                    .toList();
            annotations.remove(ofHelm);
            if (annotations.isEmpty()) {
                ((ObjectNode) metadata).remove("annotations");
            }
        }
    }

    private static Map<String, String> checksums(List<Manifest> manifests) {
        return manifests.stream()
                .filter(manifest -> manifest.kind().equals("Deployment"))
                .collect(toMap(
                        Manifest::name,
                        manifest -> manifest.node()
                                .at("/spec/template/metadata/annotations/checksum~1settings")
                                .asText()));
    }

    private static String annotation(Manifest manifest, String name) {
        return manifest.node().at("/metadata/annotations").path(name).asText();
    }

    private static Run helm(String... arguments) {
        try {
            Process process = new ProcessBuilder(Stream.concat(Stream.of("helm"), Stream.of(arguments))
                            .toList())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Run(process.waitFor(), output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interruption);
        }
    }

    private static Map<String, String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.collect(
                    toMap(file -> file.getFileName().toString(), Rendering::read, (one, other) -> one, TreeMap::new));
        }
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
