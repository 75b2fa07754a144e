package dev.quarry.postgres;

import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Connections to PostgreSQL outside the pool, with the pool's options, for a lock or a LISTEN: these last exactly as
 * long as their connection. When the service stops, it closes the open connections and waits until they are closed.
 */
@ApplicationScoped
public class DedicatedConnections {
    private static final Logger LOG = Logger.getLogger(DedicatedConnections.class);
    private static final long CLOSING_SECONDS = 2;

    /**
     * Seconds of silence before a probe, seconds between probes, number of unanswered probes; milliseconds until
     * unacknowledged data end the connection.
     */
    private static final String VANISH = """
            SELECT
                set_config('tcp_keepalives_idle', '5', false),
                set_config('tcp_keepalives_interval', '3', false),
                set_config('tcp_keepalives_count', '3', false),
                set_config('tcp_user_timeout', '14000', false)
            """;

    private final Vertx vertx;
    private final FirstConnection first;
    private final PoolCreator pool;
    /** Connections that are opening, open, or closing. */
    private final Set<Future<PgConnection>> all = new HashSet<>();

    private boolean stopped;

    DedicatedConnections(Vertx vertx, FirstConnection first, PoolCreator pool) {
        this.vertx = vertx;
        this.first = first;
        this.pool = pool;
    }

    /**
     * Opens a connection, after the pool's first one. The caller of this method closes it. If this machine disappears,
     * PostgreSQL ends the connection and its locks within 15 seconds. An idle connection stays open, because a running
     * machine answers PostgreSQL's probes.
     */
    public Future<PgConnection> open() {
        return open(() -> {});
    }

    /** As {@link #open()}; {@code closed} runs once the open connection has ended, whichever side ended it. */
    public synchronized Future<PgConnection> open(Runnable closed) {
        if (stopped) {
            return Future.failedFuture("The service is stopping");
        }
        Future<PgConnection> opening = first.attempted()
                .compose(ready -> pool.connectOptions())
                .compose(options -> PgConnection.connect(vertx, dedicated(options)))
                .compose(opened -> opened.query(VANISH).execute().map(opened).onFailure(failed -> opened.close()));
        all.add(opening);
        return opening.onFailure(failure -> forget(opening)).map(connection -> {
            connection.closeHandler(end -> {
                forget(opening);
                closed.run();
            });
            return connection;
        });
    }

    private static PgConnectOptions dedicated(PgConnectOptions options) {
        PgConnectOptions dedicated = new PgConnectOptions(options);
        // Counted under the pool's metric names, with a client name of its own.
        dedicated.setMetricsName("postgresql|own");
        // This side also detects that the server has disappeared, with the kernel's own settings.
        dedicated.setTcpKeepAlive(true);
        return dedicated;
    }

    /** Runs last, after all beans that use these connections have stopped. */
    void stop(@Observes @Priority(Interceptor.Priority.PLATFORM_AFTER) ShutdownEvent event) {
        var closed = CompletableFuture.allOf(stopOpening().stream()
                .map(opening -> opening.compose(PgConnection::close)
                        .otherwiseEmpty()
                        .toCompletionStage()
                        .toCompletableFuture())
                .toArray(CompletableFuture[]::new));
        try {
            closed.get(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException slow) {
            LOG.debug("A connection to PostgreSQL did not close in time", slow);
        }
    }

    private synchronized List<Future<PgConnection>> stopOpening() {
        stopped = true;
        return List.copyOf(all);
    }

    private synchronized void forget(Future<PgConnection> ended) {
        all.remove(ended);
    }
}
