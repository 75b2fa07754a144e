package dev.quarry.largeanswers;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.request.BrokenAnswer;
import dev.quarry.request.RequestContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;

/**
 * Limits how many large answers are made and sent at the same time, so that memory is bounded; other requests wait.
 * More at the same time would not be faster: making them keeps the processors busy.
 */
@ApplicationScoped
@Startup
public class LargeAnswers {
    private static final Logger LOG = Logger.getLogger(LargeAnswers.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final LargeAnswerConfiguration configuration;
    private final CurrentVertxRequest request;
    private final Vertx vertx;
    private final Semaphore room;
    private final AtomicInteger waiting = new AtomicInteger();

    LargeAnswers(
            LargeAnswerConfiguration configuration, CurrentVertxRequest request, Vertx vertx, MeterRegistry meters) {
        this.configuration = configuration;
        this.request = request;
        this.vertx = vertx;
        this.room = new Semaphore(configuration.atOnce(), true);
        meters.gauge("quarry.large.answers.waiting", waiting);
    }

    /**
     * Waits for the request's turn. The request's virtual thread calls this before it begins a large answer. The turn
     * ends when the answer is written, has failed, or its client is gone.
     *
     * @throws FailureException with {@link Failure.Overloaded} if the turn does not come in time
     */
    public void await() {
        if (!acquire()) {
            throw new FailureException(new Failure.Overloaded(RETRY_AFTER));
        }
        RoutingContext context = request.getCurrent();
        long timer = vertx.setTimer(configuration.answerTimeout().toMillis(), ignored -> breakOff(context));
        CurrentRequestManager.get().registerCompletionCallback(ignored -> {
            vertx.cancelTimer(timer);
            room.release();
        });
    }

    private boolean acquire() {
        waiting.incrementAndGet();
        try {
            return room.tryAcquire(configuration.queueTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** Closes the connection, because part of the answer has been sent and its status cannot change any more. */
    private static void breakOff(RoutingContext context) {
        LOG.warnf(
                "Closed the connection of answer %s: the client did not read it in time",
                RequestContext.of(context).requestId());
        BrokenAnswer.breakOff(context);
    }
}
