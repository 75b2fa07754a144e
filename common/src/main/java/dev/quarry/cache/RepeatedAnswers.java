package dev.quarry.cache;

import dev.quarry.cache.RepeatedRequests.Known;
import dev.quarry.caller.Caller;
import dev.quarry.request.RequestContext;
import dev.quarry.retention.DataSince;
import dev.quarry.rollup.Freshness;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Sends the cached answer to a repeated request before routing, on the event loop. This costs a fraction of what a
 * resource costs. The request is authenticated and counted by the rate limit as always. All other requests continue to
 * their resources.
 */
@Singleton
class RepeatedAnswers {
    /** After Quarkus's filters, which answer for other origins (300) and prepare the authentication (200). */
    private static final int BEFORE_ROUTING = 10;

    private final RepeatedRequests requests;
    private final AnswerCache answers;
    private final Freshness freshness;

    RepeatedAnswers(RepeatedRequests requests, AnswerCache answers, Freshness freshness) {
        this.requests = requests;
        this.answers = answers;
        this.freshness = freshness;
    }

    void register(@Observes Filters filters) {
        filters.register(this::answer, BEFORE_ROUTING);
    }

    private void answer(RoutingContext context) {
        Context own = Vertx.currentContext();
        if (!HttpMethod.GET.equals(context.request().method()) || !requests.arrive(context, own)) {
            context.next();
            return;
        }
        // The resource answers if authentication fails, in the format of the family.
        Object failureHandler = context.get(QuarkusHttpUser.AUTH_FAILURE_HANDLER);
        BiConsumer<RoutingContext, Throwable> nothing = (failed, cause) -> {};
        context.put(QuarkusHttpUser.AUTH_FAILURE_HANDLER, nothing);
        var _ = QuarkusHttpUser.getSecurityIdentity(context, null)
                .onTermination()
                .invoke(() -> context.put(QuarkusHttpUser.AUTH_FAILURE_HANDLER, failureHandler))
                .onFailure()
                .recoverWithNull()
                // PostgreSQL may have answered in the context of another request.
                .emitOn(task -> runIn(own, task))
                .subscribe()
                .with(identity -> answerOrContinue(context, own, identity));
    }

    private static void runIn(Context own, Runnable task) {
        if (own.equals(Vertx.currentContext()) && Context.isOnEventLoopThread()) {
            task.run();
        } else {
            own.runOnContext(now -> task.run());
        }
    }

    /** Mutiny drops what a subscriber throws, so this method answers then. */
    private void answerOrContinue(RoutingContext context, Context own, SecurityIdentity identity) {
        try {
            if (!answer(context, own, identity)) {
                context.next();
            }
        } catch (RuntimeException | Error failed) {
            context.fail(failed);
        }
    }

    /** Returns false if the resource has to answer. */
    private boolean answer(RoutingContext context, Context own, SecurityIdentity identity) {
        if (identity == null || !(identity.getPrincipal() instanceof Caller caller)) {
            return false;
        }
        Optional<Known> known = requests.find(context, caller);
        if (known.isEmpty()) {
            return false;
        }
        // First the moment, then the answer: an answer must not promise events that came after it.
        Optional<Instant> asOf = freshness.asOf(caller.organization());
        Optional<CachedAnswer> cached =
                answers.cached(caller.organization(), known.get().question());
        if (cached.isEmpty()) {
            return false;
        }
        RequestContext.template(own, known.get().route());
        send(context, cached.get(), asOf);
        return true;
    }

    private static void send(RoutingContext context, CachedAnswer answer, Optional<Instant> asOf) {
        HttpServerResponse response = context.response();
        answer.headers().forEach(response::putHeader);
        answer.dataSince().ifPresent(day -> response.putHeader(DataSince.HEADER, day.toString()));
        asOf.ifPresent(moment -> response.putHeader(Freshness.HEADER, Freshness.text(moment)));
        List<String> ifNoneMatch = context.request().headers().getAll(HttpHeaders.IF_NONE_MATCH);
        if (!ifNoneMatch.isEmpty() && answer.isNamedBy(String.join(",", ifNoneMatch))) {
            response.setStatusCode(304).end();
        } else {
            response.end(Buffer.buffer(answer.body()));
        }
    }
}
