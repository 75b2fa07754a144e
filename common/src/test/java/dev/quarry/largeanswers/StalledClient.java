package dev.quarry.largeanswers;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A client that has asked for a large answer and received its first byte, and reads no more. */
record StalledClient(Socket socket) implements AutoCloseable {
    /** A large answer that is short. */
    static final String SHORT = "/probe/large?makeable=-1&rows=3";

    static final String LAST_CHUNK = "\r\n0\r\n\r\n";

    /** More than all buffers between the service and a client that does not read. */
    private static final String ENDLESS = "/probe/large?makeable=-1&rows=10000000";

    static StalledClient connect(URI service) throws IOException {
        Socket socket = new Socket(service.getHost(), service.getPort());
        socket.setSoTimeout(60_000);
        socket.getOutputStream()
                .write(("GET " + ENDLESS + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        assertEquals('H', socket.getInputStream().read());
        return new StalledClient(socket);
    }

    /** Reads the rest until the connection is closed. */
    String rest() throws IOException {
        StringBuilder rest = new StringBuilder();
        byte[] some = new byte[65_536];
        try {
            InputStream in = socket.getInputStream();
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                rest.append(new String(some, 0, read, StandardCharsets.US_ASCII));
            }
        } catch (SocketException _) {
            // A reset also closes the connection.
        }
        return rest.toString();
    }

    /** Waits until the service gives a large answer again. */
    static void awaitTurn() {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> given().get(SHORT).then().statusCode(200).body("", hasSize(3)));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
