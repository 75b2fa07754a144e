package dev.quarry.postgres;

import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Listens to PostgreSQL, on one connection, for every {@link NotificationListener}. Reconnects when the connection is lost. */
@ApplicationScoped
class Notifications {
    private static final Logger LOG = Logger.getLogger(Notifications.class);
    private static final Duration RECONNECT_AFTER = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final DedicatedConnections postgres;
    private final List<NotificationListener> listeners;
    private volatile boolean stopped;

    Notifications(Vertx vertx, DedicatedConnections postgres, @All List<NotificationListener> listeners) {
        this.vertx = vertx;
        this.postgres = postgres;
        this.listeners = listeners;
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
            LOG.debug("Cannot connect to listen for notifications", failure);
            connectLater();
        });
    }

    private void listen(PgConnection connection) {
        connection.notificationHandler(notification -> tell(listener -> {
            if (listener.channel().equals(notification.getChannel())) {
                listener.notified(notification.getPayload());
            }
        }));
        connection
                .query(listeners.stream()
                        .map(listener -> "LISTEN " + listener.channel())
                        .collect(Collectors.joining(";")))
                .execute()
                .onSuccess(listening -> tell(listener -> listener.connected(true)))
                .onFailure(failure -> {
                    LOG.debug("Cannot listen for notifications", failure);
                    connection.close();
                });
    }

    private void lost() {
        tell(listener -> listener.connected(false));
        connectLater();
    }

    private void tell(Consumer<NotificationListener> message) {
        if (!stopped) {
            listeners.forEach(message);
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
