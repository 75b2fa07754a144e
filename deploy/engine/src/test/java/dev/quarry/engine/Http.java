package dev.quarry.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What curl would send to the engine, built step by step. */
final class Http {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String base;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private final Map<String, String> headers = new LinkedHashMap<>();

    private Http(String base) {
        this.base = base;
    }

    static Http to(EngineProcess engine) {
        return new Http(engine.url());
    }

    Http path(String path) {
        Http other = new Http(base + path);
        other.parameters.putAll(parameters);
        other.headers.putAll(headers);
        return other;
    }

    Http with(String parameter, String value) {
        parameters.put(parameter, value);
        return this;
    }

    Http header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Posts a statement and gives its answer's text; a failure fails the test. */
    String run(String sql) {
        HttpResponse<String> response = post(sql);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + ": " + response.body());
        }
        return response.body().strip();
    }

    HttpResponse<String> post(String body) {
        return post(BodyPublishers.ofString(body));
    }

    HttpResponse<String> post(BodyPublisher body) {
        return send(request().POST(body).build(), BodyHandlers.ofString());
    }

    HttpResponse<byte[]> postForBytes(BodyPublisher body) {
        return send(request().POST(body).build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<String> get() {
        return send(request().GET().build(), BodyHandlers.ofString());
    }

    HttpResponse<String> method(String method) {
        return send(request().method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    HttpRequest.Builder request() {
        String query = parameters.entrySet().stream()
                .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create((base.indexOf('/', "http://".length()) < 0 ? base + "/" : base)
                        + (query.isEmpty() ? "" : "?" + query)));
        headers.forEach(request::header);
        return request;
    }

    static <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return CLIENT.send(request, handler);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    static HttpClient client() {
        return CLIENT;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
