package dev.quarry.local.gateway;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.httpproxy.HttpProxy;
import io.vertx.httpproxy.ProxyOptions;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The single address of the local stack. It forwards each request to the service of its prefix, and streams request and
 * answer without buffering.
 *
 * <p>Of a service's {@code /q}, it publishes only the OpenAPI document.
 */
public final class Gateway implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final long DRAIN_MILLISECONDS = 1_000;
    /** Largest request line, and largest headers, that the server reads, in bytes. RequestForm has the smaller limits. */
    private static final int MOST_READ = 64 * 1024;

    /** Headers of the errors that the gateway answers itself. The services set their own. */
    static final Map<String, String> SECURITY_HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Referrer-Policy", "no-referrer");

    private final Vertx vertx;
    private final HttpClient client;
    private final List<Upstream> upstreams;
    private final Routes routes;
    private final Page page;
    private final SignIn signIn;
    private final Limits limits;
    private final HttpServer server;
    private final Map<HttpConnection, ClientConnection> connections = new ConcurrentHashMap<>();
    private final Clock clock = Clock.systemUTC();

    private Gateway(int port, List<Upstream> upstreams, Limits limits, SignIn signIn) {
        this.upstreams = List.copyOf(upstreams);
        this.routes = new Routes(this.upstreams);
        this.page = new Page(this.upstreams);
        this.signIn = signIn;
        this.limits = limits;
        vertx = Vertx.vertx(new VertxOptions()
                .setUseDaemonThread(true)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setConnectTimeout(Math.toIntExact(limits.connect().toMillis())),
                // A stream of events keeps its connection, so many are needed.
                new PoolOptions().setHttp1MaxSize(256));
        var options = new HttpServerOptions()
                .setHost(HOST)
                .setPort(port)
                .setMaxInitialLineLength(MOST_READ)
                .setMaxHeaderSize(MOST_READ)
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(true);
        server = vertx.createHttpServer(options)
                .connectionHandler(connection -> open(connection, options))
                .invalidRequestHandler(this::handleInvalid)
                .requestHandler(this::handle);
    }

    /**
     * Listens on the loopback address.
     *
     * @param port 0 for a free port
     * @throws IOException if it cannot listen on the port
     */
    public static Gateway start(int port, List<Upstream> upstreams, Limits limits, SignIn signIn) throws IOException {
        var gateway = new Gateway(port, upstreams, limits, signIn);
        try {
            gateway.server.listen().toCompletionStage().toCompletableFuture().join();
            return gateway;
        } catch (CompletionException failure) {
            gateway.close();
            throw new IOException("The gateway cannot listen on port " + port, failure.getCause());
        }
    }

    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(5, TimeUnit.SECONDS)
                .exceptionally(ignored -> null)
                .join();
    }

    private void open(HttpConnection connection, HttpServerOptions options) {
        StrictRequestDecoder.installIn(connection, options);
        var client = new ClientConnection(vertx, connection, limits.headers());
        connections.put(connection, client);
        connection.closeHandler(closed -> {
            connections.remove(connection);
            client.closed();
        });
    }

    private void handle(HttpServerRequest request) {
        ClientConnection client = connections.get(request.connection());
        if (client == null || !client.begin(request)) {
            return;
        }
        String requestId = RequestId.of(request);
        request.response().putHeader(RequestId.HEADER, requestId);
        Optional<Refusal> fault = RequestForm.faultOf(request);
        if (fault.isPresent()) {
            client.refuse();
            received(request)
                    .compose(read -> answer(request, fault.get(), requestId))
                    .onComplete(sent -> request.connection().close());
            return;
        }
        Optional<RequestPath> path = request.uri().contains("#") ? Optional.empty() : RequestPath.parse(request.path());
        if (path.isEmpty()) {
            refuse(request, Refusal.BAD_PATH, requestId);
        } else {
            route(request, path.get(), requestId);
        }
    }

    /** Refuses a request that cannot be parsed. The gateway knows only its beginning. */
    private void handleInvalid(HttpServerRequest request) {
        ClientConnection client = connections.get(request.connection());
        if (client == null || !client.begin(request)) {
            return;
        }
        client.refuse();
        String requestId = RequestId.of(request);
        request.response().putHeader(RequestId.HEADER, requestId);
        Throwable cause = request.decoderResult().cause();
        Refusal refusal = cause instanceof TooLongHttpLineException ? Refusal.URL_TOO_LONG : Refusal.BAD_REQUEST;
        // Where a request ends that is too long is not known. The decoder drops the rest of it.
        Future<Void> read =
                cause instanceof TooLongFrameException ? vertx.timer(DRAIN_MILLISECONDS) : Future.succeededFuture();
        read.compose(dropped -> answer(request, refusal, requestId))
                .onComplete(sent -> request.connection().close());
    }

    private void route(HttpServerRequest request, RequestPath path, String requestId) {
        for (Upstream upstream : upstreams) {
            if (path.isUnder(upstream.prefix())) {
                forward(request, upstream, path.value(), requestId);
                return;
            }
        }
        if (path.value().equals(SignIn.PATH) && request.method().equals(HttpMethod.POST)) {
            signIn.answer(request, vertx);
            return;
        }
        if (!isRead(request)) {
            refuse(request, isOwn(path) ? Refusal.BAD_METHOD : Refusal.NO_ROUTE, requestId);
            return;
        }
        switch (path.value()) {
            case "/" -> answerRoutes(request);
            case "/q/health" -> answerHealth(request);
            default -> answerDocumentation(request, path, requestId);
        }
    }

    private static boolean isRead(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    }

    private boolean isOwn(RequestPath path) {
        return page.has(path.value()) || path.value().equals("/q/health") || path.isUnder("/docs");
    }

    private void forward(HttpServerRequest request, Upstream upstream, String path, String requestId) {
        if (declaredLength(request) > limits.bodyBytes()) {
            refuse(request, Refusal.BODY_TOO_LARGE, requestId);
            return;
        }
        String uri = request.query() == null ? path : path + "?" + encoded(request.query());
        var target = new RequestOptions()
                .setHost(HOST)
                .setPort(upstream.port())
                .setConnectTimeout(limits.connect().toMillis())
                .setIdleTimeout(limits.answer().toMillis());
        HttpProxy.reverseProxy(new ProxyOptions().setSupportWebSocket(false), client)
                .origin(context -> context.client().request(target))
                .addInterceptor(new Forwarding(uri, requestId, limits.bodyBytes(), clock))
                .handle(request);
    }

    /** Percent-encodes bytes above 0x7F, which Vert.x reads as letters of ISO 8859-1 and would send as UTF-8. */
    private static String encoded(String query) {
        var encoded = new StringBuilder();
        query.chars().forEach(letter -> {
            if (letter < 0x80) {
                encoded.append((char) letter);
            } else {
                encoded.append(URLEncoder.encode(Character.toString(letter), StandardCharsets.UTF_8));
            }
        });
        return encoded.toString();
    }

    /** {@return bytes; -1 if the request has no length} Vert.x refuses values that are not numbers. */
    private static long declaredLength(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? -1 : Long.parseLong(length);
    }

    private void answerRoutes(HttpServerRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        request.response().putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        if (accept != null && accept.contains("text/html")) {
            page.answer(request, "/");
        } else {
            answer(request, 200, "application/json", routes.json());
        }
    }

    private void answerDocumentation(HttpServerRequest request, RequestPath path, String requestId) {
        if (page.has(path.value())) {
            page.answer(request, path.value());
            return;
        }
        for (Upstream upstream : upstreams) {
            if (path.value().equals("/docs/" + upstream.name() + "/openapi")) {
                forward(request, upstream, "/q/openapi", requestId);
                return;
            }
        }
        refuse(request, Refusal.NO_ROUTE, requestId);
    }

    private void answerHealth(HttpServerRequest request) {
        List<Future<Boolean>> checks = upstreams.stream().map(this::isReady).toList();
        Future.all(checks).onSuccess(results -> {
            var report = new JsonArray();
            var ready = new ArrayList<Boolean>(results.list());
            for (int index = 0; index < upstreams.size(); index++) {
                report.add(new JsonObject()
                        .put("name", upstreams.get(index).name())
                        .put("status", ready.get(index) ? "UP" : "DOWN"));
            }
            boolean all = !ready.contains(false);
            var body = new JsonObject().put("status", all ? "UP" : "DOWN").put("checks", report);
            answer(request, all ? 200 : 503, "application/json", body.encodePrettily());
        });
    }

    private Future<Boolean> isReady(Upstream upstream) {
        var check = new RequestOptions()
                .setHost(HOST)
                .setPort(upstream.port())
                .setURI("/q/health")
                .setTimeout(limits.connect().toMillis());
        return client.request(check)
                .compose(request -> request.send())
                .map(response -> response.statusCode() == 200)
                .otherwise(false);
    }

    private void refuse(HttpServerRequest request, Refusal refusal, String requestId) {
        received(request).compose(read -> answer(request, refusal, requestId)).onComplete(sent -> {
            if (!request.isEnded()) {
                request.connection().close();
            }
        });
    }

    private Future<Void> answer(HttpServerRequest request, Refusal refusal, String requestId) {
        SECURITY_HEADERS.forEach(request.response()::putHeader);
        return answer(
                request,
                refusal.status(),
                "application/json",
                refusal.body(Family.of(request.uri()), requestId, clock.instant())
                        .encode());
    }

    /**
     * Reads and drops the body of a refused request for a moment: a client that still sends when the connection closes may
     * lose the answer.
     */
    private Future<Void> received(HttpServerRequest request) {
        if (request.isEnded()) {
            return Future.succeededFuture();
        }
        Promise<Void> read = Promise.promise();
        long timer = vertx.setTimer(DRAIN_MILLISECONDS, late -> read.tryComplete());
        request.handler(dropped -> {}).resume();
        request.end().onComplete(ended -> {
            vertx.cancelTimer(timer);
            read.tryComplete();
        });
        return read.future();
    }

    private static Future<Void> answer(HttpServerRequest request, int status, String contentType, String body) {
        return request.response().closed()
                ? Future.succeededFuture()
                : request.response()
                        .setStatusCode(status)
                        .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                        .end(body);
    }
}
