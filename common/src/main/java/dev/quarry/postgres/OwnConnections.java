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
    /** Seconds of silence, seconds between probes, probes without an answer; milliseconds that what was sent may wait. */
    private static final String VANISH = """
            SELECT
                set_config('tcp_keepalives_idle', '5', false),
                set_config('tcp_keepalives_interval', '3', false),
                set_config('tcp_keepalives_count', '3', false),
                set_config('tcp_user_timeout', '14000', false)
            """;

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
        // A server that vanished is noticed by this side too, though by the kernel's own settings.
        options.setTcpKeepAlive(true);
        username.ifPresent(options::setUser);
        password.ifPresent(options::setPassword);
    }

    /**
     * The caller closes it. PostgreSQL ends it within 15 seconds of this machine's vanishing, and with it the lock that it
     * holds; a machine that lives answers PostgreSQL's probes, however long it has nothing to ask.
     */
    public Future<PgConnection> open() {
        return PgConnection.connect(vertx, options)
                .compose(opened -> opened.query(VANISH).execute().map(opened).onFailure(failed -> opened.close()));
    }
}
