package dev.quarry.postgres;

import io.netty.channel.Channel;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Listens to PostgreSQL, on one connection, for every {@link NotificationListener}. It sends a heartbeat on this
 * connection several times a second, because a connection that hangs looks like one without notifications. It opens a
 * new connection if one is lost, or does not answer for two seconds.
 *
 * <p>When the server's machine vanishes, the pool's connections hang too, and the kernel keeps them for a quarter of an
 * hour. They look like those of a slow statement. So silence here, followed by a new connection that answers, ends the
 * connections that the pool had at the time of the silence; reads are then repeated on new ones.
 */
@ApplicationScoped
class Notifications {
    private static final Logger LOG = Logger.getLogger(Notifications.class);
    private static final Duration RECONNECT_AFTER = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT = Duration.ofMillis(200);
    /** After this silence a connection that listens counts as lost. */
    private static final Duration SILENCE = Duration.ofSeconds(2);
    /** How long it may take to open a connection. */
    private static final Duration OPENING = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final DedicatedConnections postgres;
    private final Postgres statements;
    private final PoolCreator pool;
    private final List<NotificationListener> listeners;
    /** The connections that the pool had during the last silence. */
    private volatile Set<Channel> suspects = Set.of();

    private volatile boolean stopped;

    Notifications(
            Vertx vertx,
            DedicatedConnections postgres,
            Postgres statements,
            PoolCreator pool,
            @All List<NotificationListener> listeners) {
        this.vertx = vertx;
        this.postgres = postgres;
        this.statements = statements;
        this.pool = pool;
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
        if (!stopped) {
            new Listening().open();
        }
    }

    private void tell(Consumer<NotificationListener> message) {
        if (!stopped) {
            listeners.forEach(message);
        }
    }

    /** One connection, from the attempt to open it until it is lost. */
    private final class Listening {
        private long timer;
        private PgConnection connection;
        private boolean listens;
        private boolean announced;
        private boolean waits;
        private boolean over;
        private long lastAnswer = System.nanoTime();

        synchronized void open() {
            timer = vertx.setPeriodic(HEARTBEAT.toMillis(), tick -> beat());
            postgres.open(this::end).onSuccess(this::listen).onFailure(this::fail);
        }

        private synchronized void listen(PgConnection opened) {
            if (over) {
                opened.close();
                return;
            }
            connection = opened;
            opened.notificationHandler(notification -> tell(listener -> {
                if (listener.channel().equals(notification.getChannel())) {
                    listener.notified(notification.getPayload());
                }
            }));
            long sent = System.nanoTime();
            opened.query(listeners.stream()
                            .map(listener -> "LISTEN " + listener.channel())
                            .collect(Collectors.joining(";")))
                    .execute()
                    .onSuccess(answer -> listens(sent))
                    .onFailure(this::fail);
        }

        private synchronized void listens(long sent) {
            if (!over) {
                listens = true;
                lastAnswer = System.nanoTime();
                suspects.forEach(PoolCreator::breakOff);
                suspects = Set.of();
                announce(sent);
            }
        }

        /**
         * Waits until the circuit breaker lets statements through, because listeners forget what they may have missed
         * and look it up again.
         */
        private synchronized void announce(long sent) {
            if (over || stopped) {
                return;
            }
            statements
                    .listAllUni("SELECT 1", row -> row.getInteger(0))
                    .subscribe()
                    .with(answer -> announced(sent), failed -> {
                        if (PostgresErrors.isUnreachable(failed)) {
                            vertx.setTimer(HEARTBEAT.toMillis(), later -> announce(sent));
                        } else {
                            announced(sent);
                        }
                    });
        }

        private synchronized void announced(long sent) {
            if (!over) {
                announced = true;
                tell(listener -> {
                    listener.connected(true);
                    listener.heard(sent);
                });
            }
        }

        /** PostgreSQL sends the notifications that it has before it answers. */
        private synchronized void beat() {
            if (over) {
                return;
            }
            long now = System.nanoTime();
            if (stopped) {
                vertx.cancelTimer(timer);
            } else if (now - lastAnswer > (listens ? SILENCE : OPENING).toNanos()) {
                LOG.warn("The connection that listens to PostgreSQL does not answer: opening a new one");
                suspects = pool.open();
                end();
            } else if (listens && !waits) {
                waits = true;
                connection
                        .query("SELECT 1")
                        .execute()
                        .onSuccess(answer -> answered(now))
                        .onFailure(this::fail);
            }
        }

        private synchronized void answered(long sent) {
            if (!over) {
                waits = false;
                lastAnswer = System.nanoTime();
                tell(listener -> listener.heard(sent));
            }
        }

        private void fail(Throwable failure) {
            LOG.debug("Cannot listen for notifications", failure);
            end();
        }

        private synchronized void end() {
            if (over) {
                return;
            }
            over = true;
            vertx.cancelTimer(timer);
            if (connection != null) {
                connection.close();
            }
            if (announced) {
                tell(listener -> listener.connected(false));
            }
            if (!stopped) {
                vertx.setTimer(RECONNECT_AFTER.toMillis(), later -> connect());
            }
        }
    }
}
