package dev.quarry.fairness;

import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** Clients that wait for {@code /probe/slow}, and leave when they are closed. */
record SlowRequests(List<Socket> clients) implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(30);

    static SlowRequests send(URI service, List<TestCaller> callers) throws IOException {
        List<Socket> clients = new ArrayList<>();
        for (TestCaller caller : callers) {
            Socket client = new Socket(service.getHost(), service.getPort());
            clients.add(client);
            client.getOutputStream()
                    .write(("GET /probe/slow HTTP/1.1\r\nHost: localhost\r\nx-api-key: " + caller.key() + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        }
        return new SlowRequests(clients);
    }

    /** Waits until so many of the queries run in the engine. */
    static void awaitRunning(int queries) {
        Awaitility.await().atMost(SOON).until(SlowRequests::running, running -> running == queries);
    }

    private static int running() {
        return Integer.parseInt(Stores.execute("""
                SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow(0.1)%' AND query NOT LIKE '%processes%'
                FORMAT TSV
                """).strip());
    }

    @Override
    public void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }
}
