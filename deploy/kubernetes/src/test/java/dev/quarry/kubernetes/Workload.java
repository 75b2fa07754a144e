package dev.quarry.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A Deployment, a StatefulSet or a Job. */
record Workload(Manifest manifest) {

    String name() {
        return manifest.name();
    }

    JsonNode pod() {
        return manifest.node().at("/spec/template/spec");
    }

    Map<String, String> podLabels() {
        return Manifest.strings(manifest.node().at("/spec/template/metadata/labels"));
    }

    String component() {
        return podLabels().getOrDefault("app.kubernetes.io/component", "");
    }

    boolean isService() {
        return component().equals("service");
    }

    boolean isMigration() {
        return component().equals("migration");
    }

    boolean isJob() {
        return manifest.kind().equals("Job");
    }

    List<JsonNode> containers() {
        return Stream.of("containers", "initContainers")
                .flatMap(list -> pod().path(list).valueStream())
                .toList();
    }

    @Override
    public String toString() {
        return manifest.toString();
    }
}
