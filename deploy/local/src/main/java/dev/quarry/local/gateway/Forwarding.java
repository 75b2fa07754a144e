package dev.quarry.local.gateway;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.httpproxy.Body;
import io.vertx.httpproxy.ProxyContext;
import io.vertx.httpproxy.ProxyInterceptor;
import io.vertx.httpproxy.ProxyRequest;
import io.vertx.httpproxy.ProxyResponse;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Forwards one request to its service, and the answer back. It removes headers of a single connection, and sets the headers
 * about the origin of the request itself. If the service does not answer, it answers with a {@link Refusal}.
 *
 * @param uri path and query for the service
 */
record Forwarding(String uri, String requestId, long bodyLimit, Clock clock) implements ProxyInterceptor {

    private static final Pattern USUAL_NAME = Pattern.compile("[A-Za-z0-9-]+");

    private static final List<String> HOP_BY_HOP = List.of(
            "Connection",
            "Keep-Alive",
            "Proxy-Authenticate",
            "Proxy-Authorization",
            "Proxy-Connection",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade");

    @Override
    public Future<ProxyResponse> handleProxyRequest(ProxyContext context) {
        ProxyRequest request = context.request();
        Body sent = request.getBody();
        var body = new BoundedBody(sent.stream(), bodyLimit);
        request.setURI(uri).setBody(Body.body(body, sent.length()));
        keepEndToEndHeaders(request.headers());
        removeUnusualNames(request.headers());
        nameTheClient(request.proxiedRequest(), request.headers());
        TraceParent.ensure(request.headers());
        return context.sendRequest()
                .recover(failure -> Future.succeededFuture(refuse(request, refusal(failure, body))));
    }

    @Override
    public Future<Void> handleProxyResponse(ProxyContext context) {
        ProxyResponse response = context.response();
        keepEndToEndHeaders(response.headers());
        // The gateway has set its own header.
        response.headers().remove(RequestId.HEADER);
        if (response.getStatusCode() == 304) {
            // It has no body, not even an empty chunk.
            response.getBody().stream().resume();
            response.setBody(null);
        }
        return context.sendResponse();
    }

    private static void keepEndToEndHeaders(MultiMap headers) {
        for (String named : headers.getAll(HttpHeaders.CONNECTION)) {
            for (String name : named.split(",", -1)) {
                headers.remove(name.strip());
            }
        }
        HOP_BY_HOP.forEach(headers::remove);
    }

    /** Some readers take an underscore in a name for a hyphen. */
    private static void removeUnusualNames(MultiMap headers) {
        List.copyOf(headers.names()).stream()
                .filter(name -> !USUAL_NAME.matcher(name).matches())
                .forEach(headers::remove);
    }

    /** The gateway is the first hop: it does not pass on a client's claims about earlier hops. */
    private void nameTheClient(HttpServerRequest client, MultiMap headers) {
        headers.remove("Forwarded").remove(HttpHeaders.EXPECT);
        headers.set(RequestId.HEADER, requestId)
                .set("X-Forwarded-For", client.remoteAddress().hostAddress())
                .set("X-Forwarded-Proto", client.scheme())
                .set("X-Forwarded-Port", Integer.toString(client.localAddress().port()));
        if (client.authority() != null) {
            headers.set("X-Forwarded-Host", client.authority().toString());
        }
    }

    private static Refusal refusal(Throwable failure, BoundedBody body) {
        if (body.isExceeded()) {
            return Refusal.BODY_TOO_LARGE;
        }
        return failure instanceof TimeoutException ? Refusal.SERVICE_SILENT : Refusal.SERVICE_DOWN;
    }

    private ProxyResponse refuse(ProxyRequest request, Refusal refusal) {
        Buffer body = refusal.body(Family.of(uri), requestId, clock.instant()).toBuffer();
        ProxyResponse response = request.release()
                .response()
                .setStatusCode(refusal.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .setBody(Body.body(body));
        Gateway.SECURITY_HEADERS.forEach(response::putHeader);
        return response;
    }
}
