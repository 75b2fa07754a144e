package dev.quarry.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Connections to PostgreSQL that belong to whoever opens them, beside the pool: for what lasts exactly as long as its
 * connection, such as a lock or a LISTEN.
 */
@ApplicationScoped
public class OwnConnections {
    private final Vertx vertx;
    private final PgConnectOptions options;

    OwnConnections(
            Vertx vertx,
            @ConfigProperty(name = "quarkus.datasource.reactive.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") Optional<String> username,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password) {
        this.vertx = vertx;
        // Counted under the pool's metric names, apart by this client's name.
        this.options = PgConnectOptions.fromUri(url).setMetricsName("postgresql|own");
        username.ifPresent(options::setUser);
        password.ifPresent(options::setPassword);
    }

    /** The caller closes it. */
    public Future<PgConnection> open() {
        return PgConnection.connect(vertx, options);
    }
}
