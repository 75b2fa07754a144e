package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each family can be deployed without the other three, behind either gateway. */
class OneFamilyTest {
    /** They name all families: a rule or a panel without series does nothing. */
    private static final Set<String> NAMES_ALL = Set.of("PrometheusRule quarry", "ConfigMap quarry-dashboard");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "apps-analytics-service",
                "product-metrics-service",
                "integration-analytics-service",
                "org-analytics-service"
            })
    void nothingRefersToAFamilyThatIsNotThere(String service) throws IOException {
        List<Manifest> manifests = alone(service);
        Set<String> others = new TreeSet<>(Rendering.SERVICES);
        others.remove(service);

        assertEquals(Set.of(service, "gateway"), names(manifests, "Deployment"));
        assertEquals(Set.of(service, "gateway"), names(manifests, "Service"));
        assertEquals(Set.of(service), names(manifests, "HorizontalPodAutoscaler"));
        assertEquals(Set.of(service.replace("-service", ""), "to-https"), names(manifests, "HTTPRoute"));
        manifests.stream()
                .filter(manifest -> !NAMES_ALL.contains(manifest.toString()))
                .forEach(manifest -> others.forEach(other ->
                        assertFalse(manifest.node().toString().contains(other), () -> manifest + " names " + other)));
    }

    /** nginx does not start if it cannot resolve a name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "apps-analytics-service",
                "product-metrics-service",
                "integration-analytics-service",
                "org-analytics-service"
            })
    void gatewayResolvesEachUpstream(String service) throws IOException {
        Set<String> upstreams = alone(service).stream()
                .filter(manifest -> manifest.kind().equals("ConfigMap"))
                .flatMap(manifest -> manifest.node().path("data").propertyStream())
                .filter(setting -> setting.getKey().endsWith("_UPSTREAM"))
                .map(setting -> setting.getValue().asText())
                .collect(toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(Set.of(service + ":8080", "127.0.0.1:9")), upstreams);
    }

    private static List<Manifest> alone(String service) throws IOException {
        Path folder = Files.createDirectories(Rendering.HOME.resolve("target/alone-" + service));
        StringBuilder kustomization = new StringBuilder("""
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                namespace: quarry
                resources: [../../overlays/production]
                components:
                  - ../../components/nginx-gateway
                """);
        Rendering.SERVICES.stream()
                .filter(other -> !other.equals(service))
                .sorted()
                .forEach(other -> kustomization.append(
                        "  - ../../components/without-%s\n".formatted(other.replace("-service", ""))));
        Files.writeString(folder.resolve("kustomization.yaml"), kustomization);
        List<Manifest> manifests = Rendering.render(folder);
        assertTrue(manifests.size() > 20, () -> manifests.size() + " manifests");
        return manifests;
    }

    private static Set<String> names(List<Manifest> manifests, String kind) {
        return manifests.stream()
                .filter(manifest -> manifest.kind().equals(kind))
                .map(Manifest::name)
                .collect(toSet());
    }
}
