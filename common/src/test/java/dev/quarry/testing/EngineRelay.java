package dev.quarry.testing;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;

/** A proxy between a service and its engine. A test reads the service's requests from it. */
final class EngineRelay implements HttpHandler, AutoCloseable {
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "content-length", "host", "transfer-encoding", "upgrade", "date", "keep-alive");

    private final HttpClient client = HttpClient.newHttpClient();
    private final BiConsumer<Headers, byte[]> sent;

    /** @param sent takes the headers and the body of each request, before the engine gets them */
    EngineRelay(BiConsumer<Headers, byte[]> sent) {
        this.sent = sent;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            sent.accept(exchange.getRequestHeaders(), body);
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create(TestEngine.url() + exchange.getRequestURI()))
                    .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (isEndToEnd(name)) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            response.headers().map().forEach((name, values) -> {
                if (isEndToEnd(name)) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            exchange.sendResponseHeaders(
                    response.statusCode(), response.body().length == 0 ? -1 : response.body().length);
            exchange.getResponseBody().write(response.body());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private static boolean isEndToEnd(String header) {
        return !OF_THE_CONNECTION.contains(header.toLowerCase(Locale.ROOT));
    }
}
