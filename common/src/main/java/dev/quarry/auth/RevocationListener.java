package dev.quarry.auth;

import dev.quarry.postgres.DedicatedConnections;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Listens to PostgreSQL for changes of keys, sessions and memberships, so that a revocation takes effect in every
 * replica at once instead of when a cache entry expires. While it is disconnected, {@link CredentialStore} caches
 * nothing.
 */
@ApplicationScoped
class RevocationListener {
    private static final Logger LOG = Logger.getLogger(RevocationListener.class);
    private static final Duration RECONNECT_AFTER = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final CredentialStore credentials;
    private final DedicatedConnections postgres;
    private volatile boolean stopped;

    RevocationListener(Vertx vertx, CredentialStore credentials, DedicatedConnections postgres) {
        this.vertx = vertx;
        this.credentials = credentials;
        this.postgres = postgres;
    }

    void start(@Observes StartupEvent event) {
        connect();
    }

    /** {@link DedicatedConnections} closes the connection. From now on this bean does not reconnect. */
    void stop(@Observes ShutdownEvent event) {
        stopped = true;
    }

    private void connect() {
        postgres.open(this::lost).onSuccess(this::listen).onFailure(failure -> {
            LOG.debug("Cannot connect to listen for revocations", failure);
            connectLater();
        });
    }

    private void listen(PgConnection connection) {
        connection.notificationHandler(notification -> {
            if (!stopped) {
                credentials.forgetAll();
            }
        });
        connection
                .query("LISTEN quarry_credentials")
                .execute()
                .onSuccess(listening -> {
                    if (!stopped) {
                        credentials.hearingRevocations(true);
                    }
                })
                .onFailure(failure -> {
                    LOG.debug("Cannot listen for revocations", failure);
                    connection.close();
                });
    }

    private void lost() {
        if (!stopped) {
            credentials.hearingRevocations(false);
            connectLater();
        }
    }

    private void connectLater() {
        if (!stopped) {
            vertx.setTimer(RECONNECT_AFTER.toMillis(), timer -> {
                if (!stopped) {
                    connect();
                }
            });
        }
    }
}
