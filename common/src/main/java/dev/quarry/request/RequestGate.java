package dev.quarry.request;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureRenderer;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.opentelemetry.api.trace.Span;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.MDC;

/**
 * Handles every request first, before authentication and routing. It gives the request its id and clock, so that
 * answers without a resource have both too. It refuses malformed and oversize requests in the family's format.
 */
@ApplicationScoped
class RequestGate {
    static final String REQUEST_ID_HEADER = "X-Request-Id";
    private static final int BEFORE_EVERYTHING = 1_000;
    /** Before the handlers of errors of Quarkus. */
    private static final int FIRST_FAILURE_HANDLER = Integer.MIN_VALUE;

    /** The gateway has the same limit. */
    private static final int LONGEST_URL = 8 * 1024;

    private static final int LARGEST_HEADERS = 16 * 1024;
    private static final long DRAIN_MILLIS = 500;

    private static final Failure.Malformed BAD_TARGET = new Failure.Malformed(400, "The request target is malformed");
    private static final Failure.Malformed SEMICOLON =
            new Failure.Malformed(400, "The path has a semicolon; send it as %3B");
    private static final Failure.Malformed BAD_SYNTAX =
            new Failure.Malformed(400, "The request line or a header is malformed");
    private static final Failure.Malformed BAD_HOST = new Failure.Malformed(400, "The Host header is malformed");
    private static final Failure.Malformed BAD_ENCODING =
            new Failure.Malformed(400, "The URL is not properly percent-encoded");
    private static final Failure.Malformed LONG_URL = new Failure.Malformed(414, "The URL is too long");
    private static final Failure.Malformed LARGE_HEADERS =
            new Failure.Malformed(431, "The headers of the request are too large");
    private static final Failure.Malformed LARGE_BODY = new Failure.Malformed(413, "The request body is too large");

    /**
     * The template until a route is found. Without it, metrics would use the path, and clients could create any number
     * of series.
     */
    private static final String UNMATCHED = "/unmatched";

    private final Instance<FailureRenderer> renderer;
    private final ObjectMapper json;
    private final RequestLog log;
    private final AnswerHeaders headers;
    private final long largestBody;

    RequestGate(
            Instance<FailureRenderer> renderer,
            ObjectMapper json,
            RequestLog log,
            AnswerHeaders headers,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize largestBody) {
        this.renderer = renderer;
        this.json = json;
        this.log = log;
        this.headers = headers;
        this.largestBody = largestBody.asLongValue();
    }

    void register(@Observes Filters filters) {
        filters.register(this::enter, BEFORE_EVERYTHING);
    }

    /** Vert.x refuses some requests before any filter. */
    void handleFailures(@Observes Router router) {
        router.route().order(FIRST_FAILURE_HANDLER).failureHandler(this::handleFailure);
    }

    private void handleFailure(RoutingContext context) {
        if (context.failed() && !RequestContext.hasBegun(context)) {
            RequestContext exchange = begin(context);
            String path = context.request().path();
            refuse(context, exchange, path == null || !path.startsWith("/") ? BAD_TARGET : BAD_HOST);
        } else {
            context.next();
        }
    }

    private void enter(RoutingContext context) {
        RequestContext exchange = begin(context);
        Optional<Failure> fault = faultOf(context.request());
        if (fault.isPresent()) {
            refuse(context, exchange, fault.get());
        } else {
            context.next();
        }
    }

    private RequestContext begin(RoutingContext context) {
        RequestContext exchange =
                RequestContext.begin(context, context.request().getHeader(REQUEST_ID_HEADER));
        MDC.put("requestId", exchange.requestId());
        Span.current().setAttribute("quarry.request_id", exchange.requestId());
        Context own = Vertx.currentContext();
        RequestContext.template(own, UNMATCHED);
        if (log.isOn()) {
            Object traceId = MDC.get("traceId");
            context.addEndHandler(ignored -> log.write(context, exchange, RequestContext.template(own), traceId));
        }
        context.addEndHandler(ended -> {
            if (ended.failed()) {
                exchange.clientHasGone();
            }
        });
        context.response().putHeader(REQUEST_ID_HEADER, exchange.requestId());
        context.addHeadersEndHandler(ignored -> headers.add(context.response().headers(), exchange));
        return exchange;
    }

    /** In the order in which the gateway checks them. */
    private Optional<Failure> faultOf(HttpServerRequest request) {
        Throwable unreadable = request.decoderResult().cause();
        if (unreadable != null) {
            return Optional.of(
                    switch (unreadable) {
                        case TooLongHttpLineException _ -> LONG_URL;
                        case TooLongHttpHeaderException _ -> LARGE_HEADERS;
                        default -> BAD_SYNTAX;
                    });
        }
        String uri = request.uri();
        if (uri.length() > LONGEST_URL) {
            return Optional.of(LONG_URL);
        }
        if (size(request.headers()) > LARGEST_HEADERS) {
            return Optional.of(LARGE_HEADERS);
        }
        // A fragment is no part of a request target, and readers of it disagree where it begins.
        if (uri.indexOf('#') >= 0) {
            return Optional.of(BAD_TARGET);
        }
        // RESTEasy drops a semicolon and what follows it in a segment, and would answer for another path.
        if (pathOf(uri).indexOf(';') >= 0) {
            return Optional.of(SEMICOLON);
        }
        if (!decodes(uri)) {
            return Optional.of(BAD_ENCODING);
        }
        return declaredLength(request) > largestBody ? Optional.of(LARGE_BODY) : Optional.empty();
    }

    private static int size(MultiMap headers) {
        int size = 0;
        for (Map.Entry<String, String> header : headers) {
            size += header.getKey().length() + header.getValue().length();
        }
        return size;
    }

    private static String pathOf(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private static boolean decodes(String uri) {
        if (uri.indexOf('%') < 0) {
            return true;
        }
        try {
            var decoder = new QueryStringDecoder(uri);
            return decoder.path() != null && decoder.parameters() != null;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** Bytes; 0 if the request has no length. */
    private static long declaredLength(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException tooLarge) {
            return Long.MAX_VALUE;
        }
    }

    private void refuse(RoutingContext context, RequestContext exchange, Failure failure) {
        HttpServerRequest request = context.request();
        received(context).onComplete(read -> {
            FailureRenderer family = renderer.get();
            try {
                byte[] body = json.writeValueAsBytes(family.body(failure, exchange.requestId()));
                if (!context.response().closed()) {
                    context.response()
                            .setStatusCode(family.status(failure))
                            .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                            .end(Buffer.buffer(body))
                            .onComplete(sent -> closeUnlessEnded(request));
                }
            } catch (JsonProcessingException unserialisable) {
                context.fail(unserialisable);
            }
        });
    }

    /**
     * Reads and drops the body of a refused request for a moment: a client that still sends when the connection closes
     * may lose the answer. A client that waits for 100 does not send. Where a request ends that is longer than Netty
     * reads is not known; Netty drops the rest of it.
     */
    private static Future<Void> received(RoutingContext context) {
        HttpServerRequest request = context.request();
        Promise<Void> read = Promise.promise();
        if (request.decoderResult().cause() instanceof TooLongFrameException) {
            context.vertx().setTimer(DRAIN_MILLIS, late -> read.complete());
            return read.future();
        }
        if (request.isEnded() || request.headers().contains(HttpHeaders.EXPECT)) {
            return Future.succeededFuture();
        }
        long timer = context.vertx().setTimer(DRAIN_MILLIS, late -> read.tryComplete());
        request.handler(dropped -> {}).resume();
        request.end().onComplete(ended -> {
            context.vertx().cancelTimer(timer);
            read.tryComplete();
        });
        return read.future();
    }

    private static void closeUnlessEnded(HttpServerRequest request) {
        if (!request.isEnded()) {
            request.connection().close();
        }
    }
}
