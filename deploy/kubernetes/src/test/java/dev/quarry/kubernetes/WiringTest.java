package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.fairness.FairnessConfiguration;
import dev.quarry.largeanswers.LargeAnswerConfiguration;
import dev.quarry.postgres.PostgresConfiguration;
import dev.quarry.ratelimit.RateLimitConfiguration;
import io.quarkus.runtime.configuration.DurationConverter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All references between manifests resolve. */
class WiringTest {
    private static final Map<String, String> SERVICE_OF_PREFIX = Map.of(
            "/v1/apps", "apps-analytics-service",
            "/v1/metrics", "product-metrics-service",
            "/v1/analytics/integrations", "integration-analytics-service",
            "/v1/orgs", "org-analytics-service");
    private static final Set<String> CLUSTER_WIDE = Set.of("Namespace");
    /** The label with the manifest's name that an operator gives to the pods that it makes of a manifest. */
    private static final Map<String, String> LABEL_OF_OPERATOR = Map.of(
            "ClickHouseInstallation", "clickhouse.altinity.com/chi",
            "ClickHouseKeeperInstallation", "clickhouse-keeper.altinity.com/chk",
            "Cluster", "cnpg.io/cluster");

    @ParameterizedTest
    @EnumSource
    void everyServiceHasWhatBelongsToIt(Rendering rendering) {
        for (String kind :
                Set.of("Deployment", "Service", "ServiceAccount", "HorizontalPodAutoscaler", "PodDisruptionBudget")) {
            Set<String> names = names(rendering, kind);
            Set<String> services = new TreeSet<>(names);
            services.retainAll(SERVICE_OF_PREFIX.values());
            assertEquals(rendering.services(), services, kind);
        }
        rendering
                .of("ServiceAccount")
                .forEach(account -> assertFalse(
                        account.node().path("automountServiceAccountToken").asBoolean(true), account.toString()));
        rendering.workloads().forEach(workload -> {
            String account = workload.pod().path("serviceAccountName").asText();
            assertTrue(account.isEmpty() || names(rendering, "ServiceAccount").contains(account), account);
        });
    }

    @ParameterizedTest
    @EnumSource
    void everythingIsLabelledAndInOneNamespace(Rendering rendering) {
        rendering.manifests().forEach(manifest -> {
            if (!CLUSTER_WIDE.contains(manifest.kind())) {
                assertEquals("quarry", manifest.node().at("/metadata/namespace").asText(), manifest.toString());
            }
            assertEquals("quarry", manifest.labels().get("app.kubernetes.io/part-of"), manifest.toString());
        });
        rendering
                .workloads()
                .forEach(workload -> assertEquals(
                        "quarry", workload.podLabels().get("app.kubernetes.io/part-of"), workload.toString()));
    }

    @ParameterizedTest
    @EnumSource
    void namespaceAdmitsRestrictedPodsOnly(Rendering rendering) {
        assertEquals(
                "restricted", rendering.of("Namespace").getFirst().labels().get("pod-security.kubernetes.io/enforce"));
    }

    @ParameterizedTest
    @EnumSource
    void servicesLeadToTheirPods(Rendering rendering) {
        for (Manifest service : rendering.of("Service")) {
            Map<String, String> selector = Manifest.strings(service.spec().path("selector"));
            List<Workload> selected = rendering.workloads().stream()
                    .filter(workload -> workload.podLabels().entrySet().containsAll(selector.entrySet()))
                    .toList();
            assertEquals(
                    List.of(service.name().replaceFirst("-metrics$", "")),
                    selected.stream().map(Workload::name).toList(),
                    service.toString());
            Set<String> ports = portNames(selected.getFirst());
            service.spec()
                    .path("ports")
                    .forEach(port ->
                            assertTrue(ports.contains(port.path("targetPort").asText()), () -> service + ": " + port));
        }
    }

    @ParameterizedTest
    @EnumSource
    void selectorsMatchTheirPods(Rendering rendering) {
        rendering.workloads().stream()
                .filter(workload -> !workload.isJob())
                .forEach(workload -> assertTrue(
                        Manifest.selects(workload.manifest().spec().path("selector"), workload.podLabels()),
                        workload.toString()));
    }

    @ParameterizedTest
    @EnumSource
    void autoscalersScaleDeployments(Rendering rendering) {
        for (Manifest scaler : rendering.of("HorizontalPodAutoscaler")) {
            JsonNode target = scaler.spec().path("scaleTargetRef");
            assertEquals("Deployment", target.path("kind").asText());
            assertTrue(
                    names(rendering, "Deployment").contains(target.path("name").asText()), target::toString);
            int least = scaler.spec().path("minReplicas").asInt();
            assertTrue(least >= 1 && least < scaler.spec().path("maxReplicas").asInt(), scaler.toString());
            if (rendering != Rendering.DEV) {
                assertTrue(least >= 2, "one of them may be drained");
            }
            rendering.of("Deployment").stream()
                    .filter(deployment ->
                            deployment.name().equals(target.path("name").asText()))
                    .forEach(deployment -> assertTrue(
                            deployment.spec().path("replicas").isMissingNode(),
                            "applying it again would undo the autoscaler's work"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void budgetsAllowADisruption(Rendering rendering) {
        for (Manifest budget : rendering.of("PodDisruptionBudget")) {
            List<String> selected = selected(rendering, budget.spec().path("selector"));
            assertEquals(List.of(budget.name()), selected, budget.toString());
            assertTrue(budget.spec().path("maxUnavailable").asInt() >= 1, "a node could never be drained");
            assertTrue(budget.spec().path("minAvailable").isMissingNode(), budget.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void networkIsClosedAndOpenedForPodsThatExist(Rendering rendering) {
        List<Manifest> policies = rendering.of("NetworkPolicy");
        assertTrue(policies.stream()
                .anyMatch(policy -> policy.spec().path("podSelector").isEmpty()
                        && policy.spec().path("policyTypes").size() == 2
                        && policy.spec().path("ingress").isMissingNode()
                        && policy.spec().path("egress").isMissingNode()));
        for (Manifest policy : policies) {
            assertFalse(selected(rendering, policy.spec().path("podSelector")).isEmpty(), policy.toString());
            Stream.of("ingress", "egress")
                    .flatMap(direction -> policy.spec().path(direction).valueStream())
                    .flatMap(rule -> Stream.of("from", "to")
                            .flatMap(side -> rule.path(side).valueStream()))
                    .filter(peer -> peer.has("podSelector") && !peer.has("namespaceSelector"))
                    .forEach(peer -> assertFalse(
                            selected(rendering, peer.path("podSelector")).isEmpty(), () -> policy + ": " + peer));
            boolean onlyNamesOfPorts = policy.spec().path("ingress").findValues("port").stream()
                    .filter(JsonNode::isTextual)
                    .allMatch(port -> rendering.workloads().stream()
                            .filter(workload ->
                                    Manifest.selects(policy.spec().path("podSelector"), workload.podLabels()))
                            .allMatch(workload -> portNames(workload).contains(port.asText())));
            assertTrue(onlyNamesOfPorts, policy.toString());
        }
    }

    /** Every pod with a store's address may connect to the store's port and to DNS. */
    @ParameterizedTest
    @EnumSource(names = "BASE", mode = EnumSource.Mode.EXCLUDE)
    void storesAreWithinReach(Rendering rendering) {
        List<Workload> ours = rendering.workloads().stream()
                .filter(workload -> workload.isService() || workload.isMigration())
                .toList();
        for (Workload workload : ours) {
            Set<Integer> open = openPorts(rendering, workload);
            assertTrue(open.contains(53), () -> workload + ": DNS");
            List<URI> stores = Settings.of(rendering, workload).values().entrySet().stream()
                    .filter(setting -> setting.getKey().matches(".*_(URL|ENDPOINT)"))
                    .map(setting -> URI.create(setting.getValue().replaceFirst("^jdbc:", "")))
                    .toList();
            assertTrue(stores.size() >= 2, () -> workload + ": " + stores);
            stores.forEach(store -> assertTrue(open.contains(store.getPort()), () -> workload + ": " + store));
        }
    }

    /** The settings' files name each port that a store may have; OBSERVABILITY.md names those of a collector. */
    @ParameterizedTest
    @EnumSource(names = {"PRODUCTION", "EVERYTHING"})
    void documentedPortsAreWithinReach(Rendering rendering) {
        Path production = Rendering.HOME.resolve("overlays/production");
        Set<Integer> stores = ports(Rendering.read(production.resolve("settings.env")));
        assertEquals(Set.of(5432, 8123, 8443), stores);
        assertEquals(stores, ports(Rendering.read(production.resolve("migrator.env"))));
        Set<Integer> collector = Rendering.read(Rendering.HOME.resolveSibling("OBSERVABILITY.md"))
                .lines()
                .filter(line -> line.startsWith("| `QUARKUS_OTEL_EXPORTER_OTLP_"))
                .flatMap(line -> ports(line).stream())
                .collect(toSet());
        assertEquals(Set.of(4317, 4318), collector);
        for (Workload workload : rendering.workloads()) {
            if (workload.isService() || workload.isMigration()) {
                assertTrue(openPorts(rendering, workload).containsAll(stores), workload.toString());
            }
            if (workload.isService() && rendering == Rendering.EVERYTHING) {
                assertTrue(openPorts(rendering, workload).containsAll(collector), workload.toString());
            }
        }
    }

    /** The cluster's DNS is in pods of its own, in pods on each node, or at an address on each node. */
    @ParameterizedTest
    @EnumSource
    void dnsIsWithinReachWhereverItRuns(Rendering rendering) {
        List<JsonNode> rules = rendering.of("NetworkPolicy").stream()
                .filter(policy -> policy.spec().path("podSelector").isEmpty())
                .filter(policy -> !policy.name().contains("openshift"))
                .flatMap(policy -> policy.spec().path("egress").valueStream())
                .toList();
        assertEquals(1, rules.size());
        assertEquals(
                List.of("UDP 53", "TCP 53"),
                rules.getFirst()
                        .path("ports")
                        .valueStream()
                        .map(port -> port.path("protocol").asText() + " "
                                + port.path("port").asText())
                        .toList());
        JsonNode peers = rules.getFirst().path("to");
        assertEquals(
                List.of("kube-dns", "node-local-dns"),
                peers.findValues("k8s-app").stream().map(JsonNode::asText).toList());
        assertEquals(
                List.of("169.254.20.10/32"),
                peers.findValues("cidr").stream().map(JsonNode::asText).toList());
    }

    /** OpenShift's DNS pods listen on a port without privileges. */
    @Test
    void dnsOfOpenShiftIsWithinReach() {
        for (Workload workload : Rendering.OPENSHIFT.workloads()) {
            assertTrue(openPorts(Rendering.OPENSHIFT, workload).containsAll(Set.of(53, 5353)), workload.toString());
        }
    }

    /** Producers are in namespaces of their own, to which the documents give the label. */
    @ParameterizedTest
    @EnumSource(names = {"DEV", "OPERATORS"})
    void producersReachClickHouseAndNothingElse(Rendering rendering) {
        List<Manifest> open = rendering.of("NetworkPolicy").stream()
                .filter(policy -> policy.spec().toString().contains("quarry.dev/ingest"))
                .toList();
        assertEquals(
                List.of("producers-to-clickhouse"),
                open.stream().map(Manifest::name).toList());
        JsonNode spec = open.getFirst().spec();
        URI clickHouse = rendering.workloads().stream()
                .filter(Workload::isService)
                .map(service ->
                        URI.create(Settings.of(rendering, service).values().get("QUARRY_CLICKHOUSE_URL")))
                .findFirst()
                .orElseThrow();
        assertEquals(
                List.of(rendering == Rendering.DEV ? "clickhouse" : "quarry"),
                selected(rendering, spec.path("podSelector")));
        assertEquals(
                "[{\"from\":[{\"namespaceSelector\":{\"matchLabels\":{\"quarry.dev/ingest\":\"true\"}}}],"
                        + "\"ports\":[{\"port\":%d,\"protocol\":\"TCP\"}]}]".formatted(clickHouse.getPort()),
                spec.path("ingress").toString());

        String readme = Rendering.read(Rendering.HOME.resolve("README.md"));
        String page = Rendering.read(Rendering.HOME.resolveSibling("schema/BRONZE.md"));
        for (String document : List.of(readme, page)) {
            assertTrue(document.contains("kubectl label namespace NAMESPACE quarry.dev/ingest=true"), document);
        }
        assertTrue(
                readme.contains("`http://%s.quarry:%d`".formatted(clickHouse.getHost(), clickHouse.getPort())),
                clickHouse.toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"PRODUCTION", "EVERYTHING"})
    void routesLeadEachFamilyToItsServiceAndNothingElseInside(Rendering rendering) {
        Set<String> routed = new TreeSet<>();
        for (Manifest route : rendering.of("HTTPRoute")) {
            String listener = route.spec().at("/parentRefs/0/sectionName").asText();
            assertTrue(listeners(rendering).contains(listener), listener);
            for (JsonNode rule : route.spec().path("rules")) {
                if (listener.equals("http")) {
                    assertEquals(
                            "https",
                            rule.at("/filters/0/requestRedirect/scheme").asText());
                    assertTrue(rule.path("backendRefs").isMissingNode(), "not in clear text");
                    continue;
                }
                String path = rule.at("/matches/0/path/value").asText();
                assertEquals(1, rule.path("matches").size());
                boolean tail = path.equals("/v1/apps/[^/]+/logs/tail");
                assertEquals(
                        tail ? "RegularExpression" : "PathPrefix",
                        rule.at("/matches/0/path/type").asText());
                assertEquals(
                        SERVICE_OF_PREFIX.get(tail ? "/v1/apps" : path),
                        rule.at("/backendRefs/0/name").asText(),
                        path);
                assertEquals(8080, rule.at("/backendRefs/0/port").asInt());
                Duration timeout = DurationConverter.parseDuration(
                        rule.at("/timeouts/request").asText());
                if (tail) {
                    assertEquals(Duration.ZERO, timeout, "a stream has no end");
                } else {
                    assertLongerThanTheServicesNeed(timeout);
                }
                routed.add(path);
            }
        }
        Set<String> expected = new TreeSet<>(SERVICE_OF_PREFIX.keySet());
        expected.add("/v1/apps/[^/]+/logs/tail");
        assertEquals(expected, routed);
    }

    @ParameterizedTest
    @EnumSource(names = {"DEV", "EVERYTHING", "NGINX_METRICS", "OPENSHIFT"})
    void nginxWaitsForTheServices(Rendering rendering) {
        Workload gateway = rendering.workloads().stream()
                .filter(workload -> workload.component().equals("gateway"))
                .findFirst()
                .orElseThrow();
        assertLongerThanTheServicesNeed(DurationConverter.parseDuration(
                Settings.of(rendering, gateway).values().get("QUARRY_GATEWAY_TIMEOUT")));
    }

    @ParameterizedTest
    @EnumSource(names = {"PRODUCTION", "EVERYTHING"})
    void metricsAreScrapedFromTheServices(Rendering rendering) {
        Manifest monitor = rendering.of("ServiceMonitor").getFirst();
        Set<String> scraped = rendering.of("Service").stream()
                .filter(service -> Manifest.selects(monitor.spec().path("selector"), service.labels()))
                .map(Manifest::name)
                .collect(toSet());
        assertEquals(Set.copyOf(SERVICE_OF_PREFIX.values()), scraped);
        assertEquals("http", monitor.spec().at("/endpoints/0/port").asText());
    }

    /** Of nginx's answers, by the job that the rules select. */
    @Test
    void metricsAreScrapedFromNginx() {
        Manifest monitor = Rendering.NGINX_METRICS.of("ServiceMonitor").stream()
                .filter(one -> one.name().equals("gateway"))
                .findFirst()
                .orElseThrow();
        List<String> scraped = Rendering.NGINX_METRICS.of("Service").stream()
                .filter(service -> Manifest.selects(monitor.spec().path("selector"), service.labels()))
                .map(Manifest::name)
                .toList();
        assertEquals(List.of("gateway-metrics"), scraped);
        assertEquals(
                "quarry-gateway",
                monitor.spec().at("/endpoints/0/relabelings/0/replacement").asText());

        Workload gateway = Rendering.NGINX_METRICS.workloads().stream()
                .filter(workload -> workload.component().equals("gateway"))
                .findFirst()
                .orElseThrow();
        JsonNode counter = gateway.containers().get(1);
        List<String> arguments =
                counter.path("args").valueStream().map(JsonNode::asText).toList();
        assertEquals(
                "syslog:server=" + arguments.get(arguments.indexOf("-logs") + 1).replace("udp://", "") + ",nohostname",
                Settings.of(Rendering.NGINX_METRICS, gateway).values().get("QUARRY_GATEWAY_COUNTS"));
        assertEquals(
                arguments.get(arguments.indexOf("-port") + 1),
                counter.at("/ports/0/containerPort").asText());
        assertEquals(
                arguments.get(arguments.indexOf("-progs") + 1),
                counter.at("/volumeMounts/0/mountPath").asText());
    }

    @ParameterizedTest
    @EnumSource
    void configMapsExistAndRollThePodsWhenTheyChange(Rendering rendering) {
        Set<String> there = names(rendering, "ConfigMap");
        rendering
                .workloads()
                .forEach(workload -> configMaps(workload).forEach(name -> {
                    assertTrue(there.contains(name), () -> workload + ": " + name);
                    assertTrue(name.matches(".*-[a-z0-9]{10}"), () -> name + " has no hash");
                }));
    }

    /** A rollout applies the component "migration" first, so the component must be complete. */
    @ParameterizedTest
    @EnumSource
    void migrationCanBeAppliedAlone(Rendering rendering) {
        List<Manifest> alone = rendering.manifests().stream()
                .filter(manifest -> "migration".equals(manifest.labels().get("app.kubernetes.io/component")))
                .toList();
        Workload migration = rendering.workloads().stream()
                .filter(Workload::isMigration)
                .findFirst()
                .orElseThrow();
        Set<String> needed = new TreeSet<>(configMaps(migration));
        needed.add(migration.name());
        needed.add(migration.pod().path("serviceAccountName").asText());
        Set<String> secrets = Settings.of(rendering, migration).secrets().values().stream()
                .map(key -> key.split("/", 2)[0])
                .collect(toSet());
        // What makes them, if the rendering has it.
        names(rendering, "ExternalSecret").stream().filter(secrets::contains).forEach(needed::add);
        assertEquals(needed, alone.stream().map(Manifest::name).collect(toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @EnumSource
    void secretsAreReferredToAndNeverWrittenDown(Rendering rendering) {
        assertEquals(Set.of(), names(rendering, "Secret"));
        assertAll(rendering.workloads().stream().map(workload -> () -> {
            Settings settings = Settings.of(rendering, workload);
            settings.values()
                    .keySet()
                    .forEach(variable -> assertFalse(
                            variable.matches(".*(PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL).*"),
                            () -> workload + ": " + variable));
            settings.values()
                    .forEach((variable, value) -> assertFalse(
                            value.matches(".*://[^/]*@.*"), () -> workload + ": credentials in " + variable));
            if (workload.isService() || workload.isMigration()) {
                assertTrue(settings.secrets().size() >= 2, workload.toString());
            }
        }));
    }

    /** The README's commands create every Secret, with every key, that a pod needs; its table has the same for a secret store. */
    @Test
    void secretsAreExplained() {
        String readme = Rendering.read(Rendering.HOME.resolve("README.md"));
        Map<String, String> entries = Rendering.EVERYTHING.of("ExternalSecret").stream()
                .collect(toMap(
                        secret -> secret.spec().at("/target/name").asText(),
                        secret -> secret.spec().at("/dataFrom/0/extract/key").asText()));
        Set<String> keys = new TreeSet<>();
        for (Rendering rendering : Set.of(Rendering.DEV, Rendering.PRODUCTION)) {
            rendering
                    .workloads()
                    .forEach(workload -> keys.addAll(
                            Settings.of(rendering, workload).secrets().values()));
        }
        keys.forEach(key -> {
            String[] nameAndKey = key.split("/", 2);
            String command = Stream.of(readme.split("kubectl -n quarry create secret generic "))
                    .filter(text -> text.startsWith(nameAndKey[0] + " "))
                    .findFirst()
                    .orElse("");
            assertTrue(command.contains("--from-literal=%s=".formatted(nameAndKey[1])), key);
            assertTrue(
                    readme.lines()
                            .anyMatch(line -> line.startsWith("| `%s` |".formatted(entries.get(nameAndKey[0])))
                                    && line.contains("`%s`".formatted(nameAndKey[1]))),
                    key);
        });
    }

    /**
     * A service may answer, or tell its own error, after all its limits. It looks up the caller and the app or workspace,
     * counts the request, and then sends a large answer or reads up to twice: a window and the one to compare with.
     */
    private static void assertLongerThanTheServicesNeed(Duration timeout) {
        Duration lookUp = withRepetitions(
                time(PostgresConfiguration.class, "timeout"),
                number(PostgresConfiguration.Retry.class, "max"),
                time(PostgresConfiguration.Retry.class, "delay"));
        Duration beforeReading = lookUp.multipliedBy(2).plus(time(RateLimitConfiguration.class, "storeTimeout"));
        Duration turn = time(FairnessConfiguration.class, "queueTimeout");
        Duration read = withRepetitions(
                time(ClickHouseConfiguration.Guards.class, "time")
                        .plus(time(ClickHouseConfiguration.class, "timeoutMargin")),
                number(ClickHouseConfiguration.Retry.class, "maxRetries"),
                time(ClickHouseConfiguration.Retry.class, "delay")
                        .plus(time(ClickHouseConfiguration.Retry.class, "jitter")));
        for (Duration answer : List.of(
                turn.plus(read).multipliedBy(2), turn.plus(time(LargeAnswerConfiguration.class, "answerTimeout")))) {
            Duration longest = beforeReading.plus(answer);
            assertTrue(timeout.compareTo(longest) > 0, () -> timeout + " is not longer than " + longest);
        }
    }

    private static Duration withRepetitions(Duration attempt, int repetitions, Duration pause) {
        return attempt.plus(pause.plus(attempt).multipliedBy(repetitions));
    }

    private static Duration time(Class<?> configuration, String setting) {
        return DurationConverter.parseDuration(Settings.defaultOf(configuration, setting));
    }

    private static int number(Class<?> configuration, String setting) {
        return Integer.parseInt(Settings.defaultOf(configuration, setting));
    }

    private static Set<Integer> openPorts(Rendering rendering, Workload workload) {
        return rendering.of("NetworkPolicy").stream()
                .filter(policy -> Manifest.selects(policy.spec().path("podSelector"), workload.podLabels()))
                .flatMap(policy -> policy.spec().path("egress").findValues("port").stream())
                .map(JsonNode::asInt)
                .collect(toSet());
    }

    private static Set<Integer> ports(String text) {
        return Pattern.compile("(?::|port )(\\d{4,5})\\b")
                .matcher(text)
                .results()
                .map(port -> Integer.valueOf(port.group(1)))
                .collect(toSet());
    }

    private static Set<String> configMaps(Workload workload) {
        return Stream.concat(
                        workload.pod().findValues("configMapRef").stream(),
                        workload.pod().findValues("configMap").stream())
                .map(reference -> reference.path("name").asText())
                .collect(toSet());
    }

    private static Set<String> listeners(Rendering rendering) {
        JsonNode listeners = rendering.of("Gateway").getFirst().spec().path("listeners");
        assertFalse(listeners.toString().contains("set-in-overlay"), listeners::toString);
        return listeners
                .valueStream()
                .map(listener -> listener.path("name").asText())
                .collect(toSet());
    }

    private static List<String> selected(Rendering rendering, JsonNode selector) {
        Stream<String> ours = rendering.workloads().stream()
                .filter(workload -> Manifest.selects(selector, workload.podLabels()))
                .map(Workload::name);
        Stream<String> ofOperators = rendering.manifests().stream()
                .filter(manifest -> LABEL_OF_OPERATOR.containsKey(manifest.kind()))
                .filter(manifest ->
                        Manifest.selects(selector, Map.of(LABEL_OF_OPERATOR.get(manifest.kind()), manifest.name())))
                .map(Manifest::name);
        return Stream.concat(ours, ofOperators).toList();
    }

    private static Set<String> portNames(Workload workload) {
        return workload.containers().stream()
                .flatMap(container -> container.path("ports").valueStream())
                .map(port -> port.path("name").asText())
                .collect(toSet());
    }

    private static Set<String> names(Rendering rendering, String kind) {
        return rendering.of(kind).stream().map(Manifest::name).collect(toSet());
    }
}
