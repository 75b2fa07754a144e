package dev.quarry.testing;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A request of an {@link Operation}: values of its parameters and headers, by name. */
record Request(Operation operation, Map<String, String> path, Map<String, String> query, Map<String, String> headers) {
    /** An event stream has sent everything that it knows when it sends its second comment. */
    private static final int COMMENTS = 2;

    private static final int SHORTEST_IDENTIFIER = 16;

    Request with(Operation.Parameter parameter, String value) {
        return switch (parameter.in()) {
            case "path" -> withPath(Map.of(parameter.name(), value));
            case "query" -> withQuery(parameter.name(), value);
            default -> withHeaders(Map.of(parameter.name(), value));
        };
    }

    Request withPath(Map<String, String> values) {
        return new Request(operation, plus(path, values), query, headers);
    }

    Request withQuery(String name, String value) {
        return new Request(operation, path, plus(query, Map.of(name, value)), headers);
    }

    Request withHeaders(Map<String, String> values) {
        return new Request(operation, path, query, plus(headers, values));
    }

    Request withoutCredential() {
        Map<String, String> others = new HashMap<>(headers);
        others.keySet().removeAll(List.of("x-api-key", "Authorization"));
        return new Request(operation, path, query, others);
    }

    /** The ids, names and cursors that the client sends. Shorter values are numbers and words that are no secret. */
    List<String> identifiers() {
        return Stream.of(path, query, headers)
                .flatMap(values -> values.values().stream())
                .filter(value -> value.length() >= SHORTEST_IDENTIFIER)
                .toList();
    }

    String target() {
        String target = operation.path();
        for (Map.Entry<String, String> value : path.entrySet()) {
            target = target.replace("{" + value.getKey() + "}", encoded(value.getValue()));
        }
        String questions = query.entrySet().stream()
                .map(value -> encoded(value.getKey()) + "=" + encoded(value.getValue()))
                .collect(Collectors.joining("&"));
        return questions.isEmpty() ? target : target + "?" + questions;
    }

    /** Sends it. A tail is refused as long as the service has not noticed that earlier ones were closed. */
    Answer send() throws IOException {
        Answer answer = once();
        return answer.status() == 429 ? Awaitility.await().until(this::once, next -> next.status() != 429) : answer;
    }

    private Answer once() throws IOException {
        return Answer.to("GET " + target(), headers, COMMENTS);
    }

    @Override
    public String toString() {
        return target() + " " + headers;
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Map<String, String> plus(Map<String, String> values, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(values);
        all.putAll(more);
        return all;
    }
}
