package dev.quarry.auth;

import dev.quarry.postgres.OwnConnections;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Hears from PostgreSQL when a key, session or membership changes, so that what was revoked dies in every replica at once
 * and not when a cache forgets it. While the connection is away, {@link CredentialStore} remembers nothing.
 */
@ApplicationScoped
class RevocationListener {
    private static final Logger LOG = Logger.getLogger(RevocationListener.class);
    private static final Duration RECONNECT_AFTER = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final CredentialStore credentials;
    private final OwnConnections postgres;
    private volatile PgConnection connection;
    private volatile boolean stopped;

    RevocationListener(Vertx vertx, CredentialStore credentials, OwnConnections postgres) {
        this.vertx = vertx;
        this.credentials = credentials;
        this.postgres = postgres;
    }

    void start(@Observes StartupEvent event) {
        connect();
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
        PgConnection open = connection;
        if (open != null) {
            open.close();
        }
    }

    private void connect() {
        postgres.open()
                .compose(opened -> {
                    connection = opened;
                    opened.notificationHandler(notification -> credentials.forgetAll());
                    opened.closeHandler(closed -> lost());
                    return opened.query("LISTEN quarry_credentials").execute();
                })
                .onSuccess(listening -> credentials.hearingRevocations(true))
                .onFailure(failure -> {
                    LOG.debug("Cannot listen for revocations", failure);
                    PgConnection open = connection;
                    if (open == null) {
                        connectLater();
                    } else {
                        open.close();
                    }
                });
    }

    private void lost() {
        connection = null;
        credentials.hearingRevocations(false);
        connectLater();
    }

    private void connectLater() {
        if (!stopped) {
            vertx.setTimer(RECONNECT_AFTER.toMillis(), timer -> connect());
        }
    }
}
