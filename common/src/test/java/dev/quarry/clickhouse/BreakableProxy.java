package dev.quarry.clickhouse;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between a client and the real engine, counts requests, and breaks them in a way of its own. */
final class BreakableProxy implements AutoCloseable {
    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger requests = new AtomicInteger();
    private final URI engine;
    private volatile Break behaviour = Break.NOTHING;

    /** What happens to a request. */
    @FunctionalInterface
    interface Break {
        Break NOTHING = (exchange, number) -> false;
        /** Closes the connection without an answer. */
        Break CONNECTION = (exchange, number) -> {
            exchange.close();
            return true;
        };
        /** Answers as a proxy whose server is away. */
        Break UNAVAILABLE = (exchange, number) -> {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
            return true;
        };
        /** Answers as the server of a cluster one of whose shards died while it answered. */
        Break SHARD = (exchange, number) -> {
            byte[] answer =
                    "Code: 32. DB::Exception: Attempt to read after eof: while receiving packet from shard-2:9000"
                            .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("X-ClickHouse-Exception-Code", "32");
            exchange.sendResponseHeaders(500, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
            return true;
        };
        /** Answers one byte after the other and never ends. */
        Break TRICKLE = (exchange, number) -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                // One column, whose name is long.
                body.write(1);
                body.write(127);
                for (int i = 0; i < 127; i++) {
                    body.write('x');
                    body.flush();
                    Thread.sleep(500);
                }
            } catch (InterruptedException stopped) {
                throw new InterruptedIOException();
            }
            return true;
        };

        /**
         * Answers a request, or leaves it to the engine.
         *
         * @param number of the request, from 1
         * @return false if the engine shall answer
         */
        boolean handle(HttpExchange exchange, int number) throws IOException;
    }

    BreakableProxy(String engine) throws IOException {
        this.engine = URI.create(engine);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Requests so far. */
    int requests() {
        return requests.get();
    }

    void breaks(Break how) {
        behaviour = requireNonNull(how, "how is null");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        http.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (behaviour.handle(exchange, requests.incrementAndGet())) {
            return;
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        engine.resolve(exchange.getRequestURI().toString()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (name.startsWith("X-") || name.equals("Authorization")) {
                request.header(name, values.getFirst());
            }
        });
        try {
            HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            answer.headers().map().forEach((name, values) -> {
                if (name.startsWith("x-clickhouse")) {
                    exchange.getResponseHeaders().add(name, values.getFirst());
                }
            });
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
            exchange.close();
        } catch (InterruptedException stopped) {
            throw new InterruptedIOException();
        }
    }
}
