package dev.quarry.request;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureRenderer;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.opentelemetry.api.trace.Span;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import org.jboss.logging.MDC;

/**
 * Handles every request first, before authentication and routing. It gives the request its id and clock, so that
 * answers without a resource have both too. It refuses a query string that cannot be decoded, in the family's format.
 */
@ApplicationScoped
class RequestGate {
    static final String REQUEST_ID_HEADER = "X-Request-Id";
    private static final int BEFORE_EVERYTHING = 1_000;
    /** Paths for operators: health, metrics and documents. */
    private static final String OPERATIONS = "/q/";
    /** The request headers that an answer depends on. */
    private static final String VARY = "Accept, Authorization, x-api-key, x-session-token, x-organization-id";

    /** The key under which Quarkus keeps a request's route template for metrics and spans. */
    private static final String TEMPLATE = "UrlPathTemplate";
    /**
     * The template until a route is found. Without it, metrics would use the path, and clients could create any number
     * of series.
     */
    private static final String UNMATCHED = "/unmatched";

    private final Instance<FailureRenderer> renderer;
    private final ObjectMapper json;
    private final RequestLog log;

    RequestGate(Instance<FailureRenderer> renderer, ObjectMapper json, RequestLog log) {
        this.renderer = renderer;
        this.json = json;
        this.log = log;
    }

    void register(@Observes Filters filters) {
        filters.register(this::enter, BEFORE_EVERYTHING);
    }

    private void enter(RoutingContext context) {
        RequestContext exchange =
                RequestContext.begin(context, context.request().getHeader(REQUEST_ID_HEADER));
        MDC.put("requestId", exchange.requestId());
        Span.current().setAttribute("quarry.request_id", exchange.requestId());
        Context own = Vertx.currentContext();
        own.putLocal(TEMPLATE, UNMATCHED);
        if (log.isOn()) {
            Object traceId = MDC.get("traceId");
            context.addEndHandler(ignored -> log.write(context, exchange, own.getLocal(TEMPLATE), traceId));
        }
        context.response().putHeader(REQUEST_ID_HEADER, exchange.requestId());
        context.addHeadersEndHandler(ignored -> addHeaders(context, exchange));
        if (decodes(context.request().uri())) {
            context.next();
        } else {
            refuse(context, exchange);
        }
    }

    /** Answers are a tenant's own, so no cache may share them or reuse them without asking. */
    private static void addHeaders(RoutingContext context, RequestContext exchange) {
        MultiMap headers = context.response().headers();
        headers.set("Server-Timing", exchange.serverTiming());
        if (!exchange.path().startsWith(OPERATIONS)) {
            if (!headers.contains(HttpHeaders.CACHE_CONTROL)) {
                headers.set(HttpHeaders.CACHE_CONTROL, "private, no-cache");
            }
            headers.add(HttpHeaders.VARY, VARY);
        }
    }

    private static boolean decodes(String uri) {
        try {
            var decoder = new QueryStringDecoder(uri);
            return decoder.path() != null && decoder.parameters() != null;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private void refuse(RoutingContext context, RequestContext exchange) {
        Failure failure = new Failure.Malformed(400, "The URL is not properly percent-encoded");
        FailureRenderer family = renderer.get();
        try {
            byte[] body = json.writeValueAsBytes(family.body(failure, exchange.requestId()));
            context.response()
                    .setStatusCode(family.status(failure))
                    .putHeader("Content-Type", "application/json")
                    .end(Buffer.buffer(body));
        } catch (JsonProcessingException unserialisable) {
            context.fail(unserialisable);
        }
    }
}
