package dev.quarry.postgres;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.error.FailureException;
import dev.quarry.testing.FreezingPostgres;
import dev.quarry.testing.FreezingPostgres.Freezer;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All connections hang, as if PostgreSQL's machine had vanished, and its successor answers at the same address. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = FreezingPostgres.class, restrictToAnnotatedClass = true)
@TestProfile(VanishedServerTest.SmallPool.class)
class VanishedServerTest {
    private static final Duration WITHIN = Duration.ofSeconds(30);

    /** One connection, so that the whole pool hangs. */
    public static final class SmallPool implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.datasource.reactive.max-size", "1");
        }
    }

    @FreezingPostgres.Listener
    Freezer server;

    @Inject
    Postgres postgres;

    @AfterEach
    void goOn() {
        server.goOn();
    }

    @Test
    void statementsAreAnsweredAgain() {
        await().atMost(WITHIN).until(() -> server.connections() > 0);
        int listened = server.connections();
        long old = backend();

        server.freezeAll();

        long fresh = await().atMost(WITHIN)
                .ignoreExceptionsInstanceOf(FailureException.class)
                .until(this::backend, backend -> backend != old);
        assertEquals(List.of(fresh), postgres.listAll("SELECT pg_backend_pid()", row -> row.getLong(0)));
        await().atMost(WITHIN).until(() -> server.connections() > listened);
    }

    private long backend() {
        return postgres.listAll("SELECT pg_backend_pid()", row -> row.getLong(0))
                .getFirst();
    }
}
