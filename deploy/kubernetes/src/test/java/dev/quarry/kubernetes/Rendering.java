package dev.quarry.kubernetes;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A kustomization, rendered by {@code kubectl}. */
enum Rendering {
    BASE("base"),
    DEV("overlays/dev"),
    PRODUCTION("overlays/production"),
    /** Production with stores that operators run inside the cluster. */
    OPERATORS("overlays/operators"),
    /** One family without the other three. */
    ONE_FAMILY("overlays/one-family"),
    /** Production with all components that it does not include, but those that take something away or are below. */
    EVERYTHING("target/everything"),
    /** Production with an nginx whose answers are counted. */
    NGINX_METRICS("target/nginx-metrics"),
    /** Production and nginx on OpenShift. */
    OPENSHIFT("target/openshift");

    /** The module's folder, in which Maven runs the tests. */
    static final Path HOME = Path.of("").toAbsolutePath();

    /** The names of the services of all families. */
    static final Set<String> SERVICES = Set.of(
            "apps-analytics-service",
            "product-metrics-service",
            "integration-analytics-service",
            "org-analytics-service");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<Rendering, List<Manifest>> RENDERED = new EnumMap<>(Rendering.class);
    /** The first version whose Kustomize supports components, replacements and labels without selectors. */
    private static final int KUSTOMIZE_NEEDED = 5;

    private static final String KUBECTL_FAULT = kubectlFault();

    private final String folder;

    Rendering(String folder) {
        this.folder = folder;
    }

    /** Renders once. */
    List<Manifest> manifests() {
        return RENDERED.computeIfAbsent(this, rendering -> {
            if (rendering == EVERYTHING) {
                writeEverything();
            } else if (rendering == NGINX_METRICS) {
                writeProductionWith(Stream.of("nginx-gateway", "nginx-metrics"), rendering);
            } else if (rendering == OPENSHIFT) {
                writeProductionWith(Stream.of("nginx-gateway", "openshift"), rendering);
            }
            return render(HOME.resolve(rendering.folder));
        });
    }

    /** Without a {@code kubectl} the test is skipped; on CI it fails. */
    static List<Manifest> render(Path folder) {
        if (!KUBECTL_FAULT.isEmpty()) {
            skip(KUBECTL_FAULT);
        }
        return yaml(run("kubectl", "kustomize", folder.toString()))
                .map(Manifest::new)
                .toList();
    }

    /** Without the program the test is skipped; on CI it fails. */
    static void require(String program) {
        boolean installed = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        if (!installed) {
            skip(program + " is not installed");
        }
    }

    private static void skip(String reason) {
        if ("true".equals(System.getenv("CI"))) {
            fail(reason);
        }
        abort(reason);
    }

    List<Manifest> of(String kind) {
        return manifests().stream()
                .filter(manifest -> manifest.kind().equals(kind))
                .toList();
    }

    /** The Deployments, StatefulSets, Jobs and CronJobs. */
    List<Workload> workloads() {
        return manifests().stream()
                .map(Workload::new)
                .filter(workload -> workload.pod().path("containers").isArray())
                .toList();
    }

    /** The names of the services that it deploys. */
    Set<String> services() {
        return this == ONE_FAMILY ? Set.of("product-metrics-service") : SERVICES;
    }

    /** Whether the rendered pods could start: the base has no images and no addresses of stores. */
    boolean isComplete() {
        return this != BASE;
    }

    static Stream<JsonNode> yaml(String text) {
        var documents = new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(text);
        return StreamSupport.stream(documents.spliterator(), false)
                .map(document -> JSON.<JsonNode>valueToTree(document));
    }

    /** The same as maps and lists. */
    static Object plain(JsonNode node) {
        return JSON.convertValue(node, Object.class);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                fail(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interruption);
        }
    }

    private static void writeEverything() {
        List<String> included = yaml(read(HOME.resolve("overlays/production/kustomization.yaml")))
                .flatMap(production -> production.get("components").valueStream())
                .map(component -> Path.of(component.textValue()).getFileName().toString())
                .toList();
        try (Stream<Path> components = Files.list(HOME.resolve("components"))) {
            writeProductionWith(
                    components
                            .map(component -> component.getFileName().toString())
                            .filter(component -> !included.contains(component)
                                    && !component.startsWith("without-")
                                    && !component.equals("nginx-metrics")
                                    && !component.equals("openshift"))
                            .sorted(),
                    EVERYTHING);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void writeProductionWith(Stream<String> components, Rendering rendering) {
        StringBuilder kustomization = new StringBuilder("""
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources: [../../overlays/production]
                namespace: quarry
                labels:
                  - pairs:
                      app.kubernetes.io/part-of: quarry
                    includeTemplates: true
                images:
                  - name: quarry/gateway
                    newName: registry.example.com/quarry/gateway
                    newTag: 1.0.0
                  - name: quarry/migrator
                    newName: registry.example.com/quarry/migrator
                    newTag: 1.0.0
                components:
                """);
        components.forEach(component -> kustomization.append("  - ../../components/%s\n".formatted(component)));
        try {
            Path folder = Files.createDirectories(HOME.resolve(rendering.folder));
            Files.writeString(folder.resolve("kustomization.yaml"), kustomization);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** {@return the problem with this machine's {@code kubectl}, if there is one} */
    private static String kubectlFault() {
        String version;
        try {
            version = yaml(run("kubectl", "version", "--client", "--output=json"))
                    .findFirst()
                    .orElseThrow()
                    .path("kustomizeVersion")
                    .asText("none");
        } catch (UncheckedIOException absent) {
            version = "none";
        }
        boolean enough = version.matches("v\\d+\\..*")
                && Integer.parseInt(version.substring(1, version.indexOf('.'))) >= KUSTOMIZE_NEEDED;
        return enough ? "" : "The manifests need kubectl 1.27 or later (Kustomize 5), but its Kustomize is " + version;
    }
}
