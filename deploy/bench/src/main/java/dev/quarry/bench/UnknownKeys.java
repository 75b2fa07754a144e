package dev.quarry.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests with unknown keys at a fixed rate. It pipelines them on a few connections, because a common HTTP client
 * would take more processor time than the service that is measured.
 */
final class UnknownKeys implements AutoCloseable {
    private static final int CONNECTIONS = 10;
    private static final int BATCHES_A_SECOND = 100;

    private final List<Socket> sockets = new ArrayList<>();
    private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();

    private UnknownKeys() {}

    static UnknownKeys send(URI url, int aSecond) throws IOException {
        UnknownKeys sender = new UnknownKeys();
        for (int number = 0; number < CONNECTIONS; number++) {
            Socket socket = new Socket(url.getHost(), url.getPort());
            sender.sockets.add(socket);
            String name = "unknown-" + number + "-";
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> write(socket, url, name, aSecond / CONNECTIONS / BATCHES_A_SECOND));
            Thread.ofPlatform().daemon().start(() -> sender.read(socket));
        }
        return sender;
    }

    /** Counts of the answers so far, by status. */
    Map<String, LongAdder> answers() {
        return answers;
    }

    private static void write(Socket socket, URI url, String name, int batch) {
        long start = System.nanoTime();
        long key = 0;
        try (OutputStream out = socket.getOutputStream()) {
            for (long turn = 1; !socket.isClosed(); turn++) {
                StringBuilder requests = new StringBuilder();
                for (int number = 0; number < batch; number++) {
                    requests.append("GET ")
                            .append(url.getPath())
                            .append("?")
                            .append(url.getQuery())
                            .append(" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ")
                            .append(name)
                            .append(key)
                            .append("\r\nx-api-key: ")
                            .append(name)
                            .append(key++)
                            .append("\r\n\r\n");
                }
                out.write(requests.toString().getBytes(StandardCharsets.US_ASCII));
                LockSupport.parkNanos(start + turn * 1_000_000_000L / BATCHES_A_SECOND - System.nanoTime());
            }
        } catch (IOException end) {
            // The connection is closed. The counts of answers show whether it was closed too early.
        }
    }

    private void read(Socket socket) {
        try (var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                // The body of an answer has no line end, so the next answer follows in the same line.
                int status = line.indexOf("HTTP/1.1 ");
                if (status >= 0) {
                    int code = status + "HTTP/1.1 ".length();
                    answers.computeIfAbsent(line.substring(code, code + 3), _ -> new LongAdder())
                            .increment();
                }
            }
        } catch (IOException end) {
            // The connection is closed.
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
