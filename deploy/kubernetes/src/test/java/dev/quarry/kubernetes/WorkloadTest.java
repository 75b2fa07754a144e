package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quarry.schema.BackupCommand;
import dev.quarry.start.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Pods are safe to run, scale, drain and replace. */
class WorkloadTest {

    @ParameterizedTest
    @EnumSource
    void podsAreRestricted(Rendering rendering) {
        each(rendering, workload -> {
            JsonNode security = workload.pod().path("securityContext");
            assertTrue(security.path("runAsNonRoot").asBoolean(), "runAsNonRoot");
            for (String id : Set.of("runAsUser", "runAsGroup", "fsGroup")) {
                assertEquals(rendering != Rendering.OPENSHIFT, security.path(id).asInt() > 0, id);
            }
            assertEquals("RuntimeDefault", security.at("/seccompProfile/type").asText());
            assertFalse(workload.pod().path("automountServiceAccountToken").asBoolean(true), "no token is needed");
            assertFalse(workload.pod().path("enableServiceLinks").asBoolean(true), "variables that nobody asked for");
            for (String shared : Set.of("hostNetwork", "hostPID", "hostIPC")) {
                assertTrue(workload.pod().path(shared).isMissingNode(), shared);
            }
            for (JsonNode container : workload.containers()) {
                JsonNode own = container.path("securityContext");
                assertFalse(own.path("allowPrivilegeEscalation").asBoolean(true), "allowPrivilegeEscalation");
                assertTrue(own.path("readOnlyRootFilesystem").asBoolean(), "readOnlyRootFilesystem");
                assertEquals("[\"ALL\"]", own.at("/capabilities/drop").toString());
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = "OPENSHIFT", mode = EnumSource.Mode.EXCLUDE)
    void oursRunAsTheImagesUserAndWriteToTmpAlone(Rendering rendering) {
        each(rendering, workload -> {
            if (workload.isService() || workload.isMigration()) {
                assertEquals(
                        10001, workload.pod().at("/securityContext/runAsUser").asInt());
                assertEquals(
                        10001, workload.pod().at("/securityContext/runAsGroup").asInt());
                JsonNode volumes = workload.pod().path("volumes");
                assertEquals(1, volumes.size(), "volumes");
                assertTrue(volumes.at("/0/emptyDir/sizeLimit").isTextual(), "bounded");
                JsonNode mounts = workload.containers().getFirst().path("volumeMounts");
                assertEquals("[\"/tmp\"]", mounts.findValues("mountPath").toString());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void resourcesAreAskedForAndBounded(Rendering rendering) {
        each(
                rendering,
                workload -> workload.containers().forEach(container -> {
                    JsonNode resources = container.path("resources");
                    assertTrue(resources.at("/requests/cpu").isTextual(), "requests.cpu");
                    assertTrue(resources.at("/requests/memory").isTextual(), "requests.memory");
                    assertTrue(resources.at("/limits/memory").isTextual(), "limits.memory");
                }));
    }

    @ParameterizedTest
    @EnumSource
    void whatServesIsProbed(Rendering rendering) {
        each(rendering, workload -> {
            if (!workload.isJob()) {
                JsonNode container = workload.containers().getFirst();
                for (String probe : Set.of("startupProbe", "readinessProbe", "livenessProbe")) {
                    assertTrue(container.path(probe).isObject(), probe);
                }
                Set<String> ports = container.path("ports").findValues("name").stream()
                        .map(JsonNode::asText)
                        .collect(toSet());
                assertEquals(container.path("ports").size(), ports.size(), "every port has a name");
                container
                        .findValues("httpGet")
                        .forEach(get ->
                                assertTrue(ports.contains(get.path("port").asText())));
            }
            if (workload.isService()) {
                JsonNode container = workload.containers().getFirst();
                assertEquals(
                        "/q/health/started",
                        container.at("/startupProbe/httpGet/path").asText());
                assertEquals(
                        "/q/health/ready",
                        container.at("/readinessProbe/httpGet/path").asText());
                assertEquals(
                        "/q/health/live",
                        container.at("/livenessProbe/httpGet/path").asText());
                assertEquals(8080, container.at("/ports/0/containerPort").asInt());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void podThatGoesAnswersUntilNobodyAsksIt(Rendering rendering) {
        each(rendering, workload -> {
            if (workload.isService()) {
                int pause = workload.containers()
                        .getFirst()
                        .at("/lifecycle/preStop/sleep/seconds")
                        .asInt();
                assertTrue(pause > 0, "a pause before the stop");
                int grace = workload.pod().path("terminationGracePeriodSeconds").asInt();
                assertTrue(grace > pause + shutdownTimeout(), "killed while it still answers");
                JsonNode rolling = workload.manifest().spec().at("/strategy/rollingUpdate");
                assertEquals("0", rolling.path("maxUnavailable").asText());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void replicasAreSpread(Rendering rendering) {
        each(rendering, workload -> {
            if (workload.isService()) {
                JsonNode constraints = workload.pod().path("topologySpreadConstraints");
                assertEquals(
                        Set.of("topology.kubernetes.io/zone", "kubernetes.io/hostname"),
                        constraints.findValues("topologyKey").stream()
                                .map(JsonNode::asText)
                                .collect(toSet()));
                constraints.forEach(constraint -> {
                    assertTrue(Manifest.selects(constraint.path("labelSelector"), workload.podLabels()));
                    assertEquals(
                            workload.name(),
                            constraint
                                    .at("/labelSelector/matchLabels")
                                    .path("app.kubernetes.io/name")
                                    .asText(),
                            "spread among its own");
                });
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void imagesArePinned(Rendering rendering) {
        if (rendering.isComplete()) {
            each(
                    rendering,
                    workload -> workload.containers().forEach(container -> {
                        String image = container.path("image").asText();
                        assertTrue(image.matches("[^:@]+(:[\\w][\\w.-]*)(@sha256:[0-9a-f]{64})?"), image);
                        assertFalse(image.contains(":latest"), image);
                    }));
        }
    }

    /** Compose and Kubernetes run the same versions of stores and gateway; compose adds digests. */
    @ParameterizedTest
    @EnumSource(names = {"DEV", "EVERYTHING"})
    void imagesOfOthersAreThoseOfCompose(Rendering rendering) {
        String images = Rendering.read(Rendering.HOME.resolveSibling("containers/images.env"));
        each(
                rendering,
                workload -> workload.containers().forEach(container -> {
                    String image = container.path("image").asText();
                    if (!image.contains("quarry/")) {
                        assertTrue(
                                Pattern.compile("(?m)^\\w+=docker\\.io/(library/)?%s(@.*)?$"
                                                .formatted(Pattern.quote(image)))
                                        .matcher(images)
                                        .find(),
                                image);
                    }
                }));
    }

    /** The page is an opt-in: the image that has it replaces nginx's own. */
    @ParameterizedTest
    @CsvSource({"DEV, nginxinc/nginx-unprivileged", "EVERYTHING, registry.example.com/quarry/gateway"})
    void thePageIsInTheGatewaysImage(Rendering rendering, String name) {
        List<String> images = rendering.workloads().stream()
                .filter(workload -> workload.component().equals("gateway"))
                .map(workload ->
                        workload.containers().getFirst().path("image").asText().replaceFirst(":.*", ""))
                .toList();
        assertEquals(List.of(name), images);
    }

    /** It runs as the migrator's image does, and is the only pod that keeps something. */
    @Test
    void backupRunsEveryNight() {
        Workload backup = Rendering.EVERYTHING.workloads().stream()
                .filter(workload -> workload.manifest().kind().equals("CronJob"))
                .findFirst()
                .orElseThrow();
        JsonNode schedule = backup.manifest().spec();
        assertEquals("0 3 * * *", schedule.path("schedule").asText());
        assertEquals("Forbid", schedule.path("concurrencyPolicy").asText());
        JsonNode container = backup.containers().getFirst();
        assertEquals(
                List.of(BackupCommand.class.getName(), "backup", "--full-after=6", "--keep=5"),
                container.path("args").valueStream().map(JsonNode::asText).toList());
        assertEquals(
                "[\"/backups\", \"/tmp\"]",
                container.path("volumeMounts").findValues("mountPath").toString());
        assertEquals(10001, backup.pod().at("/securityContext/fsGroup").asInt());
        assertEquals(
                Rendering.EVERYTHING.of("PersistentVolumeClaim").stream()
                        .map(Manifest::name)
                        .toList(),
                backup.pod().path("volumes").findValues("claimName").stream()
                        .map(JsonNode::asText)
                        .toList());
    }

    /** A Job cannot be changed, so every version needs its own. */
    @ParameterizedTest
    @EnumSource
    void migrationIsNamedByItsVersion(Rendering rendering) {
        if (rendering.isComplete()) {
            each(rendering, workload -> {
                if (workload.isMigration()) {
                    String image =
                            workload.containers().getFirst().path("image").asText();
                    assertEquals("migrate-" + image.substring(image.lastIndexOf(':') + 1), workload.name());
                    assertEquals("Never", workload.pod().path("restartPolicy").asText());
                    assertTrue(
                            workload.manifest()
                                            .spec()
                                            .path("activeDeadlineSeconds")
                                            .asInt()
                                    > 0,
                            "it may hang");
                }
            });
        }
    }

    private static void each(Rendering rendering, Consumer<Workload> check) {
        var workloads = rendering.workloads();
        assertEquals(
                rendering.services(),
                workloads.stream()
                        .filter(Workload::isService)
                        .map(Workload::name)
                        .collect(toSet()));
        assertEquals(1, workloads.stream().filter(Workload::isMigration).count(), "migrations");
        assertAll(
                rendering.toString(),
                workloads.stream().map(workload -> () -> assertAll(workload.toString(), () -> check.accept(workload))));
    }

    /** {@return the maximum of seconds that a service needs to end its requests} */
    private static int shutdownTimeout() {
        Properties settings = new Properties();
        try (InputStream file = Main.class.getResourceAsStream("/META-INF/microprofile-config.properties")) {
            settings.load(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        String timeout = settings.getProperty("quarkus.shutdown.timeout");
        assertTrue(timeout.matches("\\d+[sS]"), timeout);
        return Integer.parseInt(timeout.substring(0, timeout.length() - 1));
    }
}
