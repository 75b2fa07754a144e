package dev.quarry.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A Deployment, a StatefulSet, a Job or a CronJob. */
record Workload(Manifest manifest) {

    String name() {
        return manifest.name();
    }

    JsonNode pod() {
        return template().path("spec");
    }

    private JsonNode template() {
        JsonNode spec = manifest.spec();
        return (spec.has("jobTemplate") ? spec.at("/jobTemplate/spec") : spec).path("template");
    }

    Map<String, String> podLabels() {
        return Manifest.strings(template().at("/metadata/labels"));
    }

    String component() {
        return podLabels().getOrDefault("app.kubernetes.io/component", "");
    }

    boolean isService() {
        return component().equals("service");
    }

    boolean isMigration() {
        return component().equals("migration") && manifest.kind().equals("Job");
    }

    boolean isJob() {
        return manifest.kind().endsWith("Job");
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
