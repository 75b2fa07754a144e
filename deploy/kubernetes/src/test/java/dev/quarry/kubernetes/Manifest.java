package dev.quarry.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.stream.Collectors;

/** One rendered object. */
record Manifest(JsonNode node) {

    String apiVersion() {
        return node.path("apiVersion").asText();
    }

    String kind() {
        return node.path("kind").asText();
    }

    String name() {
        return node.at("/metadata/name").asText();
    }

    Map<String, String> labels() {
        return strings(node.at("/metadata/labels"));
    }

    JsonNode spec() {
        return node.path("spec");
    }

    static Map<String, String> strings(JsonNode object) {
        return object.propertyStream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, field -> field.getValue().asText()));
    }

    /** Whether a label selector of any form selects these labels. */
    static boolean selects(JsonNode selector, Map<String, String> labels) {
        boolean matchesLabels = strings(selector.path("matchLabels")).entrySet().stream()
                .allMatch(label -> label.getValue().equals(labels.get(label.getKey())));
        boolean matchesExpressions = selector.path("matchExpressions")
                .valueStream()
                .allMatch(expression -> {
                    if (!expression.path("operator").asText().equals("In")) {
                        throw new IllegalArgumentException("Which pods does " + expression + " select?");
                    }
                    String value = labels.get(expression.path("key").asText());
                    return expression
                            .path("values")
                            .valueStream()
                            .anyMatch(one -> one.asText().equals(value));
                });
        return matchesLabels && matchesExpressions;
    }

    @Override
    public String toString() {
        return kind() + " " + name();
    }
}
