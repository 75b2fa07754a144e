package dev.quarry.local.gateway;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** An error that the gateway answers itself, without a service. */
enum Refusal {
    BAD_PATH(
            400,
            "The request is malformed: its path has to be in normal form, without empty or dot segments and encoded slashes or dots"),
    BAD_REQUEST(400, "The request is malformed: its headers contradict each other, or are too large"),
    NO_ROUTE(404, "No service answers this path; GET / lists the routes."),
    BAD_METHOD(405, "Only GET and HEAD are allowed here."),
    BODY_TOO_LARGE(413, "The request body is too large"),
    URL_TOO_LONG(414, "The URL is too long"),
    SERVICE_DOWN(502, "The service cannot be reached"),
    SERVICE_SILENT(504, "The service took too long to answer");

    private final int status;
    private final String message;

    Refusal(int status, String message) {
        this.status = status;
        this.message = message;
    }

    int status() {
        return status;
    }

    JsonObject body(Family family, String requestId, Instant now) {
        return family.error(status, message, requestId, now);
    }
}
