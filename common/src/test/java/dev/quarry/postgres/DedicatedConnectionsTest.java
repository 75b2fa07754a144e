package dev.quarry.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.schema.PostgresAddress;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** Connections beside the pool follow the pool's settings: TLS and a credentials provider. deploy/README.md has those of TLS. */
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

    /** The migrator has a driver of its own, which takes the same certificate from its URL. */
    @Test
    void theMigratorUsesTlsToo() throws Exception {
        Config settings = ConfigProvider.getConfig();
        String url = "jdbc:%s?sslmode=verify-full&sslrootcert=%s"
                .formatted(
                        settings.getValue("quarkus.datasource.reactive.url", String.class),
                        settings.getValue("quarkus.datasource.reactive.trust-certificate-pem.certs", String.class));
        try (Connection connection = new PostgresAddress(url, ProvidedCredentials.USER, "").open();
                ResultSet self = connection.createStatement().executeQuery(SELF)) {
            assertTrue(self.next());
            assertEquals("provided with TLS", self.getString(1));
        }

        PostgresAddress other =
                new PostgresAddress(url.replace("localhost", "127.0.0.1"), ProvidedCredentials.USER, "");
        SQLException refused = assertThrows(SQLException.class, other::open);
        assertTrue(refused.getMessage().contains("127.0.0.1"), "the certificate is of localhost: " + refused);
    }
}
