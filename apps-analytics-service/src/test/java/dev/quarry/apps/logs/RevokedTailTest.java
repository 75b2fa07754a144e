package dev.quarry.apps.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.apps.TestApp;
import dev.quarry.testing.FreezingPostgres;
import dev.quarry.testing.FreezingPostgres.Freezer;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A tail whose key is revoked, also while the connection that listens for revocations hangs. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = FreezingPostgres.class, restrictToAnnotatedClass = true)
@TestProfile(RevokedTailTest.RareLooks.class)
@Timeout(600)
class RevokedTailTest {
    /** {@code -Dquarry.test.revocations=100} for more. */
    private static final int TIMES = Integer.getInteger("quarry.test.revocations", 2);

    private static final Duration REVOKED_WITHIN = Duration.ofSeconds(1);

    public static final class RareLooks implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarry.apps.tail.interval", "20s", "quarry.apps.tail.heartbeat", "20s");
        }
    }

    @FreezingPostgres.Listener
    Freezer listener;

    @AfterEach
    void goOn() {
        listener.goOn();
    }

    @Test
    void endsWithinASecond() throws Exception {
        for (int time = 0; time < TIMES; time++) {
            revoke(false);
            revoke(true);
        }
    }

    private void revoke(boolean frozen) throws Exception {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(RevokedTailTest::hears);
        TestApp app = TestApp.create();
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.getOutputStream()
                    .write("""
                    GET /v1/apps/%s/logs/tail HTTP/1.1\r
                    Host: test\r
                    Authorization: Bearer %s\r
                    \r
                    """.formatted(app.id(), app.caller().key()).getBytes(StandardCharsets.US_ASCII));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertEquals("HTTP/1.1 200 OK", in.readLine());
            Awaitility.await().until(in::readLine, line -> line.contains("open"));
            CompletableFuture<Void> end = CompletableFuture.runAsync(() -> readToTheEnd(in));

            if (frozen) {
                listener.freeze();
            }
            app.caller().revokeKey();

            end.get(REVOKED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            listener.goOn();
        }
    }

    /** Until the stream has ended: the last chunk is empty. */
    private static void readToTheEnd(BufferedReader in) {
        try {
            String line = in.readLine();
            while (line != null && !line.equals("0")) {
                line = in.readLine();
            }
        } catch (IOException closed) {
            throw new IllegalStateException(closed);
        }
    }

    private static boolean hears() {
        return Scrape.now()
                        .samples("quarry_credential_revocations_heard")
                        .getFirst()
                        .value()
                == 1;
    }
}
