package dev.quarry.local.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.concurrent.Callable;

/**
 * Gives the page the keys of the stack, if it posts the code of the link that {@code ./quarry up} prints. The code is in
 * the link's fragment, which browsers do not send, and then in a body: it is in no URL of a request and in no log.
 *
 * @param access the keys, and what they open; read again for each sign-in
 */
public record SignIn(String code, Callable<JsonObject> access) {

    static final String PATH = "/page/sign-in";

    private static final int LONGEST_BODY = 100;

    void answer(HttpServerRequest request, Vertx vertx) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null || Long.parseLong(length) > LONGEST_BODY) {
            refuse(request);
            return;
        }
        request.body().onSuccess(body -> {
            if (isCode(body)) {
                vertx.executeBlocking(access)
                        .onSuccess(found -> end(request, 200, found))
                        .onFailure(failure -> end(
                                request,
                                500,
                                new JsonObject()
                                        .put("error", "Internal Server Error")
                                        .put("message", "The keys cannot be read.")));
            } else {
                refuse(request);
            }
        });
    }

    private boolean isCode(Buffer sent) {
        return MessageDigest.isEqual(code.getBytes(StandardCharsets.UTF_8), sent.getBytes());
    }

    private static void refuse(HttpServerRequest request) {
        end(
                request,
                403,
                new JsonObject()
                        .put("error", "Forbidden")
                        .put(
                                "message",
                                "This link is of an earlier start: open the link that ./quarry up printed last."));
    }

    private static void end(HttpServerRequest request, int status, JsonObject body) {
        request.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(body.encode());
    }
}
