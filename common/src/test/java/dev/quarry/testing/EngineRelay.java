package dev.quarry.testing;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/** A proxy between a service and its engine. A test reads the service's requests from it, or changes them. */
final class EngineRelay implements AutoCloseable {
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "content-length", "host", "transfer-encoding", "upgrade", "date", "keep-alive");

    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpServer server;
    private final BiConsumer<Headers, byte[]> sent;
    private final UnaryOperator<Statement> change;

    /**
     * @param target path and query of the URL; the query has the settings
     * @param body each letter is a byte, because the body of an insert is no text
     */
    record Statement(String target, String body) {}

    private EngineRelay(HttpServer server, BiConsumer<Headers, byte[]> sent, UnaryOperator<Statement> change) {
        this.server = server;
        this.sent = sent;
        this.change = change;
    }

    /** @param sent takes the headers and the body of each request, before the engine gets them */
    static EngineRelay recording(BiConsumer<Headers, byte[]> sent) {
        return start(sent, statement -> statement);
    }

    /** @param change makes what the engine gets instead */
    static EngineRelay changing(UnaryOperator<Statement> change) {
        return start((_, _) -> {}, change);
    }

    /** Starts a proxy on a free port. */
    private static EngineRelay start(BiConsumer<Headers, byte[]> sent, UnaryOperator<Statement> change) {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        EngineRelay relay = new EngineRelay(server, sent, change);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", relay::handle);
        server.start();
        return relay;
    }

    /** Also answers the requests of a path, which the engine then does not get. */
    void answer(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            sent.accept(exchange.getRequestHeaders(), body);
            Statement statement = change.apply(
                    new Statement(exchange.getRequestURI().toString(), new String(body, StandardCharsets.ISO_8859_1)));
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(TestEngine.url() + statement.target()))
                    .method(
                            exchange.getRequestMethod(),
                            HttpRequest.BodyPublishers.ofString(statement.body(), StandardCharsets.ISO_8859_1));
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
        server.stop(0);
        client.close();
    }

    private static boolean isEndToEnd(String header) {
        return !OF_THE_CONNECTION.contains(header.toLowerCase(Locale.ROOT));
    }
}
