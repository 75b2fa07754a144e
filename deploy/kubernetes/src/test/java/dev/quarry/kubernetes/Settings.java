package dev.quarry.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.config.WithDefault;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The environment of a workload's containers.
 *
 * @param values values by variable, from ConfigMaps and from the manifest
 * @param secrets {@code Secret/key} by variable
 */
record Settings(Map<String, String> values, Map<String, String> secrets) {

    static Settings of(Rendering rendering, Workload workload) {
        Map<String, String> values = new TreeMap<>();
        Map<String, String> secrets = new TreeMap<>();
        for (JsonNode container : workload.containers()) {
            container.path("envFrom").forEach(source -> {
                String name = source.at("/configMapRef/name").asText();
                rendering.of("ConfigMap").stream()
                        .filter(map -> map.name().equals(name))
                        .forEach(
                                map -> values.putAll(Manifest.strings(map.node().path("data"))));
            });
            container.path("env").forEach(variable -> {
                String name = variable.path("name").asText();
                JsonNode secret = variable.at("/valueFrom/secretKeyRef");
                if (secret.isObject()) {
                    secrets.put(
                            name,
                            secret.path("name").asText() + "/"
                                    + secret.path("key").asText());
                } else {
                    values.put(name, variable.path("value").asText());
                }
            });
        }
        return new Settings(values, secrets);
    }

    Set<String> variables() {
        Set<String> variables = new TreeSet<>(values.keySet());
        variables.addAll(secrets.keySet());
        return variables;
    }

    /** {@return the value of a service's setting that no variable sets} */
    static String defaultOf(Class<?> configuration, String setting) {
        try {
            return configuration
                    .getMethod(setting)
                    .getAnnotation(WithDefault.class)
                    .value();
        } catch (NoSuchMethodException renamed) {
            throw new IllegalStateException(renamed);
        }
    }
}
