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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Connections to PostgreSQL that belong to whoever opens them, beside the pool: for what lasts exactly as long as its
 * connection, such as a lock or a LISTEN. When the service stops, it closes the open ones and waits until they are
 * closed.
 */
@ApplicationScoped
public class DedicatedConnections {
    private static final Logger LOG = Logger.getLogger(DedicatedConnections.class);
    private static final long CLOSING_SECONDS = 2;

    /**
     * Seconds of silence before a probe, seconds between probes, unanswered probes; milliseconds for unacknowledged
     * data.
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
    private final PgConnectOptions options;
    /** Opening, open, or closing. */
    private final Set<Future<PgConnection>> all = new HashSet<>();

    private boolean stopped;

    DedicatedConnections(
            Vertx vertx,
            FirstConnection first,
            @ConfigProperty(name = "quarkus.datasource.reactive.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") Optional<String> username,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password) {
        this.vertx = vertx;
        this.first = first;
        // Counted under the pool's metric names, apart by this client's name.
        this.options = PgConnectOptions.fromUri(url).setMetricsName("postgresql|own");
        // This side also detects a vanished server, with the kernel's own settings.
        options.setTcpKeepAlive(true);
        username.ifPresent(options::setUser);
        password.ifPresent(options::setPassword);
    }

    /**
     * Opens a connection, after the pool's first. The caller closes it. If this machine vanishes, PostgreSQL ends the
     * connection and its locks within 15 seconds. An idle connection stays open, because a living machine answers
     * PostgreSQL's probes.
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
                .compose(ready -> PgConnection.connect(vertx, options))
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

    /** Runs last, after all beans that use these connections. */
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
