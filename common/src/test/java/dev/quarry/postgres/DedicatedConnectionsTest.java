package dev.quarry.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Connections beside the pool follow the pool's settings: TLS and a credentials provider. */
@QuarkusTest
@TestProfile(DedicatedConnectionsTest.Tls.class)
class DedicatedConnectionsTest {
    private static final String SELF = """
            SELECT current_user || CASE WHEN ssl THEN ' with TLS' ELSE ' in clear' END
            FROM pg_stat_ssl WHERE pid = pg_backend_pid()
            """;

    public static class Tls implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(TlsPostgres.class));
        }
    }

    @Inject
    DedicatedConnections connections;

    @Inject
    Postgres postgres;

    @Inject
    ProvidedCredentials credentials;

    @Test
    void theyUseTlsAndTheProvidedUserAsThePoolDoes() throws Exception {
        assertEquals(List.of("provided with TLS"), postgres.listAll(SELF, row -> row.getString(0)));
        int asked = credentials.asked();

        PgConnection connection =
                connections.open().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        try {
            Row self = connection
                    .query(SELF)
                    .execute()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS)
                    .iterator()
                    .next();
            assertEquals("provided with TLS", self.getString(0));
        } finally {
            connection.close();
        }
        assertTrue(credentials.asked() > asked, "The credentials may have changed since the pool was made");
    }
}
