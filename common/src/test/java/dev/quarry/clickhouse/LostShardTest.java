package dev.quarry.clickhouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.clickhouse.client.api.query.QuerySettings;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestEngine;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The real engine reads from a shard that dies when it is asked. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class LostShardTest {
    @Inject
    ClickHouseConfiguration engine;

    @Test
    void isRepeatedAndNoOutageOfTheEngine() throws IOException {
        assumeTrue(TestEngine.isOurs(), "the shard listens on loopback");
        assumeFalse(TestEngine.hasUsers(), "the reader may not query other servers");
        var login = new ClickHouseClient.Login(
                "test", engine.user(), engine.password().orElse(""), 1);

        try (var shard = new DyingShard();
                var client = new ClickHouseClient(engine, login, OpenTelemetry.noop())) {
            ClickHouseException failed = assertThrows(
                    ClickHouseException.class,
                    () -> client.query(
                            "SELECT * FROM remote({shard:String}, 'system', 'one')",
                            Map.of("shard", shard.address()),
                            new QuerySettings(),
                            answer -> null));

            assertEquals(QueryOutcome.UNREACHABLE, failed.outcome(), failed.getMessage());
            assertTrue(failed.isWorthRepeating(), failed.getMessage());
            assertFalse(failed.isOutage(), failed.getMessage());
        }
    }

    /** Greets in ClickHouse's native protocol, and ends the connection at the first query. */
    private static final class DyingShard implements AutoCloseable {
        /** Old, so that the greeting is short and the query is the next message. */
        private static final int REVISION = 54_225;

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        DyingShard() throws IOException {
            Thread.ofVirtual().start(this::accept);
        }

        String address() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        private void accept() {
            while (true) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> answer(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private static void answer(Socket socket) {
            byte[] message = new byte[65_536];
            try (socket) {
                InputStream in = socket.getInputStream();
                if (in.read(message) > 0) {
                    socket.getOutputStream().write(greeting());
                    if (in.read(message) > 0) {
                        socket.shutdownOutput();
                        in.transferTo(OutputStream.nullOutputStream());
                    }
                }
            } catch (IOException ignored) {
                // The engine has closed the connection.
            }
        }

        private static byte[] greeting() {
            var bytes = new ByteArrayOutputStream();
            number(bytes, 0);
            text(bytes, "ClickHouse");
            number(bytes, 1);
            number(bytes, 1);
            number(bytes, REVISION);
            text(bytes, "UTC");
            return bytes.toByteArray();
        }

        private static void text(ByteArrayOutputStream out, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            number(out, bytes.length);
            out.writeBytes(bytes);
        }

        /** Seven bits a byte, the lowest first. */
        private static void number(ByteArrayOutputStream out, int number) {
            int rest = number;
            while (rest > 127) {
                out.write((rest & 127) | 128);
                rest >>>= 7;
            }
            out.write(rest);
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
