package dev.quarry.local.gateway;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;

/** An error that the gateway answers itself, without a service. */
enum Refusal {
    BAD_PATH(
            400,
            "The path is not in normal form: it must not have empty or dot segments, encoded slashes or encoded dots."),
    NO_ROUTE(404, "No service answers this path; GET / lists the routes."),
    BAD_METHOD(405, "Only GET and HEAD are allowed here."),
    BODY_TOO_LARGE(413, "The request body is too large."),
    SERVICE_DOWN(502, "The service does not run, or broke off its answer; GET /q/health shows which services are up."),
    SERVICE_SILENT(504, "The service did not begin its answer in time.");

    private final int status;
    private final String message;

    Refusal(int status, String message) {
        this.status = status;
        this.message = message;
    }

    int status() {
        return status;
    }

    JsonObject body(String requestId) {
        return new JsonObject()
                .put("error", HttpResponseStatus.valueOf(status).reasonPhrase())
                .put("message", message)
                .put("requestId", requestId);
    }
}
