package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Argo CD's first sync succeeds. Argo CD first runs the hooks of {@code PreSync}, then applies the rest wave by wave. It
 * fails if a manifest of a wave is degraded, except in the last wave, for which it does not wait.
 */
class ArgoCdTest {
    private static final String PREFIX = "argocd.argoproj.io/";
    /** Argo CD calls these degraded while pods, metrics, a certificate or the objects that they refer to are missing. */
    private static final Set<String> DEGRADED_AT_FIRST =
            Set.of("HorizontalPodAutoscaler", "PodDisruptionBudget", "Gateway", "HTTPRoute", "BackendTrafficPolicy");

    @ParameterizedTest
    @EnumSource
    void migrationRunsBeforeTheSync(Rendering rendering) {
        Workload migration = rendering.workloads().stream()
                .filter(Workload::isMigration)
                .findFirst()
                .orElseThrow();
        assertTrue(isHook(migration.manifest()));
        assertEquals(0, wave(migration.manifest()));
    }

    /** A hook runs before the manifests of the sync exist, so all that it needs is a hook of an earlier wave. */
    @ParameterizedTest
    @EnumSource
    void migrationFindsWhatItNeeds(Rendering rendering) {
        Workload migration = rendering.workloads().stream()
                .filter(Workload::isMigration)
                .findFirst()
                .orElseThrow();
        Set<String> needed = Stream.of("configMapRef", "secretKeyRef")
                .flatMap(reference -> migration.pod().findValues(reference).stream())
                .map(reference -> reference.path("name").asText())
                .collect(toSet());
        needed.add(migration.pod().path("serviceAccountName").asText());
        List<Manifest> rendered = rendering.manifests().stream()
                .filter(manifest ->
                        Set.of("ConfigMap", "ServiceAccount", "ExternalSecret").contains(manifest.kind()))
                .filter(manifest -> needed.contains(manifest.name()))
                .toList();
        assertEquals(rendering == Rendering.EVERYTHING ? 4 : 2, rendered.size(), rendered::toString);
        rendered.forEach(manifest -> {
            assertTrue(isHook(manifest), manifest.toString());
            assertTrue(wave(manifest) < wave(migration.manifest()), manifest.toString());
            // Without Argo CD, the first command of a rollout applies what has this label.
            assertEquals("migration", manifest.labels().get("app.kubernetes.io/component"), manifest.toString());
        });
    }

    /** Argo CD deletes a hook before it creates it again: services must not need it meanwhile. */
    @ParameterizedTest
    @EnumSource
    void servicesNeedNoHook(Rendering rendering) {
        Set<String> hooks = rendering.manifests().stream()
                .filter(ArgoCdTest::isHook)
                .map(Manifest::toString)
                .collect(toSet());
        rendering.workloads().stream()
                // A Job that starts in this moment waits until its ServiceAccount and ConfigMap are there.
                .filter(workload -> !workload.isJob())
                .forEach(workload -> {
                    assertFalse(hooks.contains(workload.toString()), workload.toString());
                    assertFalse(hooks.contains("ServiceAccount "
                            + workload.pod().path("serviceAccountName").asText()));
                    workload.pod()
                            .findValues("configMapRef")
                            .forEach(map -> assertFalse(hooks.contains(
                                    "ConfigMap " + map.path("name").asText())));
                });
        rendering
                .of("ExternalSecret")
                .forEach(secret -> assertEquals(
                        "Orphan", secret.spec().at("/target/creationPolicy").asText(), "the Secret outlives its hook"));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDegradedAtFirstIsInTheLastWave(Rendering rendering) {
        List<Manifest> synced = rendering.manifests().stream()
                .filter(manifest -> !isHook(manifest))
                .toList();
        int last = synced.stream().mapToInt(ArgoCdTest::wave).max().orElseThrow();
        assertTrue(last > 0);
        synced.forEach(manifest ->
                assertEquals(DEGRADED_AT_FIRST.contains(manifest.kind()), wave(manifest) == last, manifest.toString()));
    }

    private static boolean isHook(Manifest manifest) {
        Map<String, String> annotations = annotations(manifest);
        boolean hook = annotations.containsKey(PREFIX + "hook");
        if (hook) {
            assertEquals("PreSync", annotations.get(PREFIX + "hook"), manifest.toString());
            assertEquals("BeforeHookCreation", annotations.get(PREFIX + "hook-delete-policy"), manifest.toString());
        }
        return hook;
    }

    private static int wave(Manifest manifest) {
        return Integer.parseInt(annotations(manifest).getOrDefault(PREFIX + "sync-wave", "0"));
    }

    private static Map<String, String> annotations(Manifest manifest) {
        JsonNode annotations = manifest.node().at("/metadata/annotations");
        return Manifest.strings(annotations);
    }
}
