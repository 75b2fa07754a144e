package dev.quarry.http;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
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
 * Lets a few large answers at a time be made and sent, and the others wait, so that memory is bounded however many are asked
 * for at once. More at a time would not be faster: making them keeps the processors busy.
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
     * To be called before a large answer is begun, by the virtual thread of its request. Waits for its turn, which ends by
     * itself with the request: when the answer has been written, has failed, or its client is gone.
     *
     * @throws FailureException with {@link Failure.Overloaded} if its turn does not come in time
     */
    public void await() {
        if (!acquire()) {
            throw new FailureException(new Failure.Overloaded(RETRY_AFTER));
        }
        RoutingContext context = request.getCurrent();
        long timer = vertx.setTimer(configuration.time().toMillis(), ignored -> breakOff(context));
        CurrentRequestManager.get().registerCompletionCallback(ignored -> {
            vertx.cancelTimer(timer);
            room.release();
        });
    }

    private boolean acquire() {
        waiting.incrementAndGet();
        try {
            return room.tryAcquire(configuration.patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** Part of the answer has been sent, so that all that can be done is to break it off. */
    private static void breakOff(RoutingContext context) {
        LOG.warnf(
                "Broke off the answer %s, which was not read in time",
                Exchange.of(context).requestId());
        BrokenAnswer.breakOff(context);
    }
}
