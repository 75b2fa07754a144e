package dev.quarry.largeanswers;

import dev.quarry.clickhouse.Departure;
import dev.quarry.error.AbandonedException;
import dev.quarry.error.FailureException;
import dev.quarry.fairness.FairQueue;
import dev.quarry.request.BrokenAnswer;
import dev.quarry.request.RequestContext;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;

/**
 * Gives large answers their places in the {@link FairQueue}, from their first read to their last byte: making and sending
 * them costs memory and processor time, as reading does.
 */
@ApplicationScoped
public class LargeAnswers {
    private static final Logger LOG = Logger.getLogger(LargeAnswers.class);

    private final LargeAnswerConfiguration configuration;
    private final FairQueue queue;
    private final CurrentVertxRequest request;
    private final Vertx vertx;

    LargeAnswers(LargeAnswerConfiguration configuration, FairQueue queue, CurrentVertxRequest request, Vertx vertx) {
        this.configuration = configuration;
        this.queue = queue;
        this.request = request;
        this.vertx = vertx;
    }

    /**
     * Waits for the request's turn. The request's virtual thread calls this before it begins a large answer. The turn
     * ends when the answer is written, has failed, or its client is gone. A further call for the same request does
     * nothing.
     *
     * @param weight what the answer costs, compared with a light read; more than 1
     * @throws FailureException if the turn does not come, as {@link FairQueue.Ticket#await} describes
     * @throws AbandonedException if the client goes away before the turn comes
     */
    public void await(int weight) {
        RoutingContext context = request.getCurrent();
        RequestContext exchange = RequestContext.of(context);
        if (exchange.hasPlace()) {
            return;
        }
        FairQueue.Ticket ticket = queue.enter(exchange.organization(), weight);
        try (Departure.Registration _ = exchange.departure().whenItHappens(ticket::close)) {
            ticket.await();
        }
        exchange.takePlace();
        long timer = vertx.setTimer(configuration.answerTimeout().toMillis(), ignored -> breakOff(context));
        CurrentRequestManager.get().registerCompletionCallback(ignored -> {
            vertx.cancelTimer(timer);
            ticket.close();
        });
    }

    /** Closes the connection, because part of the answer has been sent and its status cannot change any more. */
    private static void breakOff(RoutingContext context) {
        LOG.warnf(
                "Closed the connection of answer %s: the client did not read it in time",
                RequestContext.of(context).requestId());
        BrokenAnswer.breakOff(context);
    }
}
