package dev.quarry.local.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A 304 ends with its headers. A chunk after them would be read as the beginning of the next answer. */
@Timeout(60)
class NotModifiedTest {

    /** More than the gateway's connections to a service. */
    private static final int REQUESTS = 300;

    private final Vertx vertx = Vertx.vertx();
    private Gateway gateway;

    @BeforeEach
    void start() throws IOException {
        int port = vertx.createHttpServer()
                .requestHandler(request -> request.response()
                        .setStatusCode(304)
                        .putHeader("ETag", "\"v1\"")
                        .end())
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        gateway = Gateway.start(
                0,
                List.of(new Upstream("apps", "Apps", "/v1/apps", port)),
                Limits.DEFAULT,
                new SignIn("code", JsonObject::new));
    }

    @AfterEach
    void stop() {
        gateway.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void hasNoBodyAndKeepsTheConnection() throws IOException {
        String request = "GET /v1/apps HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"v1\"\r\n";
        String last = request + "Connection: close\r\n\r\n";

        String answers = Wire.exchange(gateway.port(), (request + "\r\n").repeat(REQUESTS - 1) + last);

        List<String> heads = List.of(answers.split("\r\n\r\n", -1));
        assertEquals(REQUESTS + 1, heads.size(), answers);
        assertEquals("", heads.getLast());
        for (String head : heads.subList(0, REQUESTS)) {
            assertTrue(head.startsWith("HTTP/1.1 304 "), head);
            assertTrue(head.contains("\"v1\""), head);
            assertFalse(head.toLowerCase(Locale.ROOT).contains("transfer-encoding"), head);
        }
    }
}
