package dev.quarry.request;

import static java.util.Objects.requireNonNull;

import dev.quarry.clickhouse.Departure;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.Context;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * A request and its answer: the request id, which also appears in log lines and in the engine's query log, and the time
 * that the request spent in the engine.
 */
public final class RequestContext {
    private static final String KEY = RequestContext.class.getName();
    /** The key under which Quarkus keeps a request's route template for metrics and spans. */
    private static final String TEMPLATE = "UrlPathTemplate";
    /** So many are read of a query string, as Vert.x does. */
    private static final int MOST_PARAMETERS = 1_024;
    /** Paths for operators: health, metrics and documents. */
    private static final String OPERATIONS = "/q/";
    /** Other ids could forge log lines or headers, so they are replaced by a new id. */
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final String requestId;
    private final String method;
    private final String path;
    private final String query;
    private final long startNanos;
    private final AtomicLong engineNanos = new AtomicLong();
    private volatile String organization = "";
    private volatile String credentialId = "";
    private volatile boolean hasPlace;
    private final ClientDeparture departure = new ClientDeparture();

    private RequestContext(String requestId, String method, String path, String query, long startNanos) {
        this.requestId = requireNonNull(requestId, "requestId is null");
        this.method = requireNonNull(method, "method is null");
        this.path = requireNonNull(path, "path is null");
        this.query = requireNonNull(query, "query is null");
        this.startNanos = startNanos;
    }

    /** Begins the context of a request. {@code offeredId} is the {@code X-Request-Id} that the client sent, or null. */
    static RequestContext begin(RoutingContext context, String offeredId) {
        String requestId = offeredId != null && REQUEST_ID.matcher(offeredId).matches() ? offeredId : newRequestId();
        String method = context.request().method().name();
        String path = context.request().path();
        String query = context.request().query();
        RequestContext exchange = new RequestContext(
                requestId, method, path == null ? "" : path, query == null ? "" : query, System.nanoTime());
        context.put(KEY, exchange);
        return exchange;
    }

    static boolean hasBegun(RoutingContext context) {
        return context.get(KEY) != null;
    }

    public static RequestContext of(RoutingContext context) {
        return requireNonNull(context.get(KEY), "the request has not begun");
    }

    /** The context of the request that the calling thread works for; empty in jobs and at the start of a service. */
    public static Optional<RequestContext> current() {
        return currentRouting().map(context -> context.get(KEY));
    }

    /** As {@link #current}, but the context that Vert.x has. */
    public static Optional<RoutingContext> currentRouting() {
        var container = Arc.container();
        if (container == null || !container.requestContext().isActive()) {
            return Optional.empty();
        }
        return Optional.ofNullable(
                container.instance(CurrentVertxRequest.class).get().getCurrent());
    }

    public String requestId() {
        return requestId;
    }

    /** Method and path as sent, without the query string. */
    public String route() {
        return method + " " + path;
    }

    /**
     * The template of the route that answers a request, such as {@code /v1/metrics/dau}; null if none was found yet.
     *
     * @param own the Vert.x context of the request
     */
    public static String template(Context own) {
        return own.getLocal(TEMPLATE);
    }

    /** Sets the {@link #template(Context)} for metrics, spans and the log. */
    public static void template(Context own, String template) {
        own.putLocal(TEMPLATE, template);
    }

    /** The path as sent, without the query string. */
    public String path() {
        return path;
    }

    /**
     * The decoded parameters of the query string, each with its values in the order in which they were sent. Vert.x takes
     * names that differ in case for one parameter, and separates parameters at semicolons too, as HTML 4 advised. FastAPI
     * and the URL standard do neither.
     */
    public Map<String, List<String>> parameters() {
        // The decoder drops a question mark at the beginning; another one is a part of a name.
        return new QueryStringDecoder("?" + query, StandardCharsets.UTF_8, false, MOST_PARAMETERS, true).parameters();
    }

    /** Whether operators ask: for health, metrics or documents. */
    public boolean isOfOperators() {
        return path.startsWith(OPERATIONS);
    }

    /** Records the caller's organisation and the id, never the secret, of the credential. */
    public void authenticated(String callerOrganization, String callerCredentialId) {
        organization = callerOrganization;
        credentialId = callerCredentialId;
    }

    /** The caller's organisation; empty before authentication. */
    public String organization() {
        return organization;
    }

    /** The id of the caller's credential; empty before authentication. */
    String credentialId() {
        return credentialId;
    }

    /** The departure of the request's client. */
    public Departure departure() {
        return departure;
    }

    void clientHasGone() {
        departure.happen();
    }

    /** Whether the request has a place in the queue before the engine. Its reads then take none of their own. */
    public boolean hasPlace() {
        return hasPlace;
    }

    public void takePlace() {
        hasPlace = true;
    }

    /** Adds time that the request spent in the engine. */
    public void addEngineTime(long nanos) {
        engineNanos.addAndGet(nanos);
    }

    /** The value of the {@code Server-Timing} header: durations in milliseconds. */
    String serverTiming() {
        return "engine;dur=" + engineMillis() + ", total;dur=" + totalMillis();
    }

    /** The time spent in the engine so far, in milliseconds with two decimals. */
    String engineMillis() {
        return milliseconds(engineNanos.get());
    }

    /** The time since the request came in, in milliseconds with two decimals. */
    String totalMillis() {
        return milliseconds(System.nanoTime() - startNanos);
    }

    private static String milliseconds(long nanos) {
        long hundredths = nanos / 10_000;
        return hundredths / 100 + "." + (hundredths % 100 < 10 ? "0" : "") + hundredths % 100;
    }

    /** An id must be unique. It need not be secret. */
    private static String newRequestId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
    }
}
