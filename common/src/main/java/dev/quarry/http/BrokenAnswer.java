package dev.quarry.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;

/** Breaks an answer off whose status has been sent, so that no client takes the part that it has for the whole. */
final class BrokenAnswer {
    private BrokenAnswer() {}

    /**
     * Resets the stream of HTTP/2, and closes the connection of HTTP/1. The close begins below Vert.x's own handler: that one
     * first sends what waits to be sent, for which a client that does not read makes it wait for ever, and lets the answer be
     * ended properly meanwhile.
     */
    static void breakOff(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            var _ = ((ConnectionBase) request.connection())
                    .channel()
                    .pipeline()
                    .firstContext()
                    .close();
        }
    }
}
