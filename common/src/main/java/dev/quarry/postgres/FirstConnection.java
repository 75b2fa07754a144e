package dev.quarry.postgres;

import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Opens the pool's first connection when the service starts, so that the first request does not wait for one. All other
 * beans that need PostgreSQL at the start wait for it: each log-in computes thousands of hashes (SCRAM), and several
 * log-ins at the same time would delay the first request.
 */
@ApplicationScoped
@Startup
public class FirstConnection {
    private static final Logger LOG = Logger.getLogger(FirstConnection.class);
    /** How long others wait if PostgreSQL neither answers nor refuses. */
    private static final long PATIENCE_MILLIS = 2_000;

    private final Vertx vertx;
    private final Future<Void> attempted;

    FirstConnection(Vertx vertx, Pool pool) {
        this.vertx = vertx;
        Promise<Void> promise = Promise.promise();
        long timer = vertx.setTimer(PATIENCE_MILLIS, late -> promise.tryComplete());
        pool.query("SELECT 1").execute().onComplete(answer -> {
            if (answer.failed()) {
                LOG.debug("The first connection to PostgreSQL failed", answer.cause());
            }
            vertx.cancelTimer(timer);
            promise.tryComplete();
        });
        this.attempted = promise.future();
    }

    /**
     * Completes when the first connection is open, has failed, or has taken too long. It never fails: whoever waits
     * then makes its own attempt, which reports the error.
     */
    public Future<Void> attempted() {
        if (attempted.isComplete()) {
            return Future.succeededFuture();
        }
        // Completes on the waiting code's context, not on that of the pool's connection.
        Context context = vertx.getOrCreateContext();
        Promise<Void> promise = Promise.promise();
        attempted.onComplete(done -> context.runOnContext(onContext -> promise.complete()));
        return promise.future();
    }

    /** As {@link #attempted}. */
    public Uni<Void> attemptedUni() {
        return Uni.createFrom().completionStage(() -> attempted().toCompletionStage());
    }

    /** As {@link #attempted}, for a thread that may block. */
    public void await() throws InterruptedException {
        try {
            attempted.toCompletionStage().toCompletableFuture().get(2 * PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException late) {
            LOG.debug("The first connection to PostgreSQL is late", late);
        }
    }
}
