package dev.quarry.request;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;

/** Aborts an answer whose status has been sent, so that no client takes a partial answer for a complete one. */
public final class BrokenAnswer {
    private BrokenAnswer() {}

    /**
     * Resets the stream of HTTP/2, or closes the connection of HTTP/1. The close bypasses Vert.x's own handler, which
     * would first send the queued bytes: a client that does not read would delay the close, and the answer could
     * meanwhile end properly.
     */
    public static void breakOff(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            ChannelHandlerContext lowest =
                    ((ConnectionBase) request.connection()).channel().pipeline().firstContext();
            // A closed connection has no handler.
            if (lowest != null) {
                var _ = lowest.close();
            }
        }
    }
}
